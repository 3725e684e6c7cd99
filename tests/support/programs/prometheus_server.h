#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "process/child_process.h"

namespace hakem {

/// Which Prometheus, and what it has in store.
struct PrometheusOptions {
  std::string tree{};     ///< Its programs lie in usr/bin below; "": the peers'.
  std::string history{};  ///< OpenMetrics with times, loaded before it starts; "": nothing.
  std::vector<std::string> features{};  ///< What is enabled by `--enable-feature`.
};

/// A real Prometheus on a free port of 127.0.0.1, its configuration and storage in a temporary
/// folder that goes with it. A test that includes this header needs the ctest fixture `peers`,
/// which tests/CMakeLists.txt gives it.
class PrometheusServer {
 public:
  /// Starts it and waits until it is ready. `config`: the text of prometheus.yml; paths of rule
  /// files in it are absolute.
  /// Errors: kNotFound without the program; kRefused with its last words when it ends, or when the
  /// history cannot be loaded; kTimeout.
  static Result<std::unique_ptr<PrometheusServer>> Start(std::string_view config,
                                                         const PrometheusOptions& options = {});

  PrometheusServer(const PrometheusServer&) = delete;
  PrometheusServer& operator=(const PrometheusServer&) = delete;
  ~PrometheusServer();

  int port() const { return port_; }

  /// `data` of an endpoint's answer: Get("/api/v1/rules").
  /// Errors: kUnavailable; kInvalidInput with Prometheus' own message.
  Result<nlohmann::json> Get(std::string_view path) const;

  /// The whole answer of an endpoint, an error too. Errors: kUnavailable; kInvalidInput when it is
  /// no JSON.
  Result<nlohmann::json> GetWhole(std::string_view path) const;

  /// The result of an instant query, a list of `{metric, value}`.
  Result<nlohmann::json> Query(std::string_view expr) const;

  /// What it has logged.
  std::string Log() const;

 private:
  explicit PrometheusServer(std::string folder);

  Result<void> LoadHistory(const PrometheusOptions& options) const;
  Result<void> Launch(const PrometheusOptions& options);
  Result<void> AwaitReady();

  const std::string folder_;
  int port_ = 0;
  std::unique_ptr<process::ChildProcess> process_;
};

}  // namespace hakem
