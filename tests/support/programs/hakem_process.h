#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "process/child_process.h"
#include "tests/support/http/http_get.h"

namespace hakem {

/// Waits for `condition`, checked every 50 ms. Returns false if it is still false after `limit`.
bool Eventually(Duration limit, const std::function<bool()>& condition);

/// How a run of the program ended.
struct ProgramRun {
  int status = -1;
  std::string output;  ///< Standard output.
  std::string errors;  ///< Standard error.
};

/// Runs build/…/hakem to its end, for at most 60 s. The environment has only variables that the
/// test sets and those that do not affect the program (clean_environment.cpp).
ProgramRun RunHakem(const std::vector<std::string>& arguments,
                    const std::map<std::string, std::string>& environment = {});

/// A `hakem serve` on a free port, killed with the object.
class ServingHakem {
 public:
  ~ServingHakem();

  /// Starts it and waits until `/-/ready` answers 200.
  static Result<std::unique_ptr<ServingHakem>> Start(
      const std::map<std::string, std::string>& environment,
      const std::vector<std::string>& arguments = {});

  /// Starts it with a web.yml and waits for any response to `/-/ready`, with or without TLS.
  static Result<std::unique_ptr<ServingHakem>> StartGuarded(
      const std::map<std::string, std::string>& environment,
      const std::vector<std::string>& arguments);

  std::uint16_t port() const { return port_; }

  std::string url() const;

  /// The body of a page. Fails the test unless the status is 200.
  std::string Page(std::string_view path) const;

  /// The value of a series on /metrics, by its text; nothing without such a series.
  std::optional<double> Metric(std::string_view series) const;

  void Signal(int signal) { process_.Signal(signal); }

  /// Sends SIGTERM; returns the exit status and how long the shutdown took.
  int Terminate(Duration& taken);

  /// The log so far.
  std::string Log() const;

 private:
  ServingHakem(std::uint16_t port, std::string log_path, process::ChildProcess process);

  static Result<std::unique_ptr<ServingHakem>> StartUntil(
      const std::function<bool(const Result<HttpReply>&)>& is_ready,
      const std::map<std::string, std::string>& environment,
      const std::vector<std::string>& arguments);

  std::uint16_t port_;
  std::string log_path_;
  process::ChildProcess process_;
};

}  // namespace hakem
