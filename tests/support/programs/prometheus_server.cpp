#include "tests/support/programs/prometheus_server.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stop_token>
#include <utility>

#include "model/clock.h"
#include "process/private_postgres.h"
#include "tests/support/http/fetch.h"
#include "tests/support/http/url.h"
#include "tests/support/programs/peers.h"

namespace hakem {
namespace {

constexpr Duration kStartLimit = std::chrono::seconds(20);
constexpr Duration kPoll = std::chrono::milliseconds(50);

std::string ProgramPath(const std::string& tree, std::string_view program) {
  return tree.empty() ? PeerPath(program) : fmt::format("{}/usr/bin/{}", tree, program);
}

std::string ReadText(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

PrometheusServer::PrometheusServer(std::string folder) : folder_(std::move(folder)) {}

PrometheusServer::~PrometheusServer() {
  process_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Result<std::unique_ptr<PrometheusServer>> PrometheusServer::Start(
    std::string_view config, const PrometheusOptions& options) {
  std::string folder =
      (std::filesystem::temp_directory_path() / "hakem-prometheus-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return Fail(ErrorCode::kRefused, "cannot make a folder " + folder);
  }
  std::unique_ptr<PrometheusServer> server(new PrometheusServer(std::move(folder)));
  std::ofstream(server->folder_ + "/prometheus.yml") << config;
  Result<void> ready =
      server->LoadHistory(options).and_then([&] { return server->Launch(options); }).and_then([&] {
        return server->AwaitReady();
      });
  if (!ready) {
    return Fail(ready.error());
  }
  return server;
}

Result<void> PrometheusServer::LoadHistory(const PrometheusOptions& options) const {
  if (options.history.empty()) {
    return {};
  }
  const std::string text = folder_ + "/history.om";
  std::ofstream(text) << options.history;
  const auto log = process::Output::ToFile(folder_ + "/promtool.log");
  Result<process::ChildProcess> promtool = process::ChildProcess::Start(
      {.argv = {ProgramPath(options.tree, "promtool"), "tsdb", "create-blocks-from", "openmetrics",
                text, folder_ + "/data"},
       .standard_output = log,
       .standard_error = log});
  if (!promtool) {
    return Fail(promtool.error());
  }
  if (const int status = promtool->Wait(); status != 0) {
    return Fail(ErrorCode::kRefused, fmt::format("promtool ended with status {}: {}", status,
                                                 ReadText(folder_ + "/promtool.log")));
  }
  return {};
}

Result<void> PrometheusServer::Launch(const PrometheusOptions& options) {
  port_ = process::FreePort();
  const auto log = process::Output::ToFile(folder_ + "/prometheus.log");
  Result<process::ChildProcess> started = process::ChildProcess::Start(
      {.argv = {ProgramPath(options.tree, "prometheus"),
                "--config.file=" + folder_ + "/prometheus.yml",
                "--storage.tsdb.path=" + folder_ + "/data", "--storage.tsdb.retention.time=100y",
                fmt::format("--web.listen-address=127.0.0.1:{}", port_),
                fmt::format("--enable-feature={}", fmt::join(options.features, ","))},
       .standard_output = log,
       .standard_error = log});
  if (!started) {
    return Fail(started.error());
  }
  process_ = std::make_unique<process::ChildProcess>(*std::move(started));
  return {};
}

Result<void> PrometheusServer::AwaitReady() {
  const Clock& clock = SystemClock();
  const SteadyTime deadline = clock.SteadyNow() + kStartLimit;
  const std::string url = fmt::format("http://127.0.0.1:{}/-/ready", port_);
  while (clock.SteadyNow() < deadline) {
    const Result<std::string> answer = Fetch(url);
    if (answer && answer->find("is Ready") != answer->npos) {
      return {};
    }
    if (const std::optional<int> status = process_->WaitFor(kPoll)) {
      return Fail(ErrorCode::kRefused,
                  fmt::format("prometheus ended with status {}: {}", *status, Log()));
    }
  }
  return Fail(ErrorCode::kTimeout, fmt::format("prometheus is not ready: {}", Log()));
}

Result<nlohmann::json> PrometheusServer::GetWhole(std::string_view path) const {
  const Result<std::string> body = Fetch(fmt::format("http://127.0.0.1:{}{}", port_, path));
  if (!body) {
    return Fail(body.error());
  }
  nlohmann::json answer = nlohmann::json::parse(*body, nullptr, false);
  return answer.is_object() ? Result<nlohmann::json>(std::move(answer))
                            : Fail(ErrorCode::kInvalidInput, fmt::format("{}: {}", path, *body));
}

Result<nlohmann::json> PrometheusServer::Get(std::string_view path) const {
  const Result<nlohmann::json> answer = GetWhole(path);
  if (answer && answer->value("status", "") != "success") {
    return Fail(ErrorCode::kInvalidInput, fmt::format("{}: {}", path, answer->value("error", "")));
  }
  return answer.transform([](const nlohmann::json& whole) { return whole.at("data"); });
}

Result<nlohmann::json> PrometheusServer::Query(std::string_view expr) const {
  return Get(fmt::format("/api/v1/query?query={}", UrlEncoded(expr)))
      .transform([](const nlohmann::json& data) { return data.at("result"); });
}

std::string PrometheusServer::Log() const {
  return ReadText(folder_ + "/prometheus.log");
}

}  // namespace hakem
