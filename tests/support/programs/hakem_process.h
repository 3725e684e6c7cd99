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

/// Waits for `condition`, asking every 50 ms. False when it did not come true within `limit`.
bool Eventually(Duration limit, const std::function<bool()>& condition);

/// How a run of the program ended.
struct ProgramRun {
  int status = -1;
  std::string output;  ///< Standard output.
  std::string errors;  ///< Standard error.
};

/// Runs build/…/hakem to its end, 60 s at most. What would change what it does is not in our
/// environment (clean_environment.cpp), but for what a test sets.
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

  /// The same with a web.yml: any answer at all to `/-/ready`, also one by TLS, is enough.
  static Result<std::unique_ptr<ServingHakem>> StartGuarded(
      const std::map<std::string, std::string>& environment,
      const std::vector<std::string>& arguments);

  std::uint16_t port() const { return port_; }

  std::string url() const;

  /// The body of a page that must answer 200; fails the test otherwise.
  std::string Page(std::string_view path) const;

  /// A series' value on /metrics, by its text; nothing when it is not there.
  std::optional<double> Metric(std::string_view series) const;

  void Signal(int signal) { process_.Signal(signal); }

  /// SIGTERM; the exit status, and how long it took.
  int Terminate(Duration& taken);

  /// Everything it has logged until now.
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
