#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "demo/child_process.h"
#include "model/result.h"

namespace hakem {

/// A real Prometheus on a free port of 127.0.0.1, its configuration and storage in a temporary
/// folder that goes with it. A test that includes this header needs the ctest fixture `peers`,
/// which tests/CMakeLists.txt gives it.
class PrometheusServer {
 public:
  /// Starts it and waits until it is ready. `config`: the text of prometheus.yml; paths of rule
  /// files in it are absolute. `openmetrics`: what its storage holds, with timestamps of any age.
  /// Errors: kNotFound without the program; kRefused with its last words when it ends; kTimeout;
  /// kInvalidInput with promtool's words for data that it cannot read.
  static Result<std::unique_ptr<PrometheusServer>> Start(std::string_view config,
                                                         std::string_view openmetrics = "");

  PrometheusServer(const PrometheusServer&) = delete;
  PrometheusServer& operator=(const PrometheusServer&) = delete;
  ~PrometheusServer();

  int port() const { return port_; }

  /// `data` of an endpoint's answer: Get("/api/v1/rules").
  /// Errors: kUnavailable; kInvalidInput with Prometheus' own message.
  Result<nlohmann::json> Get(std::string_view path) const;

  /// The result of an instant query, a list of `{metric, value}`.
  Result<nlohmann::json> Query(std::string_view expr) const;

  /// What it has logged.
  std::string Log() const;

 private:
  explicit PrometheusServer(std::string folder);

  Result<void> Fill(std::string_view openmetrics) const;
  Result<void> Launch();
  Result<void> AwaitReady();

  const std::string folder_;
  int port_ = 0;
  std::unique_ptr<demo::ChildProcess> process_;
};

}  // namespace hakem
