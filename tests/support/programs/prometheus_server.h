#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "process/child_process.h"

namespace hakem {

/// Which Prometheus to start, and the data to load.
struct PrometheusOptions {
  std::string tree{};     ///< Its programs are in usr/bin below; "" means the peers.
  std::string history{};  ///< OpenMetrics with timestamps to load before the start; may be empty.
  std::vector<std::string> features{};  ///< Values of `--enable-feature`.
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

  /// The field `data` of a response: Get("/api/v1/rules").
  /// Errors: kUnavailable; kInvalidInput with Prometheus' own message.
  Result<nlohmann::json> Get(std::string_view path) const;

  /// The whole response of an endpoint, even an error. Errors: kUnavailable; kInvalidInput if it is
  /// not JSON.
  Result<nlohmann::json> GetWhole(std::string_view path) const;

  /// The result of an instant query, a list of `{metric, value}`.
  Result<nlohmann::json> Query(std::string_view expr) const;

  /// Its log.
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
