#include "tests/support/prometheus_server.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stop_token>
#include <utility>

#include "demo/private_postgres.h"
#include "model/clock.h"
#include "tests/support/fetch.h"
#include "tests/support/peers.h"

namespace hakem {
namespace {

constexpr Duration kStartLimit = std::chrono::seconds(20);
constexpr Duration kPoll = std::chrono::milliseconds(50);
using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

std::string UrlEncoded(std::string_view text) {
  const Curl curl(curl_easy_init(), &curl_easy_cleanup);
  char* encoded = curl_easy_escape(curl.get(), text.data(), static_cast<int>(text.size()));
  std::string copy = encoded;
  curl_free(encoded);
  return copy;
}

}  // namespace

PrometheusServer::PrometheusServer(std::string folder) : folder_(std::move(folder)) {}

PrometheusServer::~PrometheusServer() {
  process_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Result<std::unique_ptr<PrometheusServer>> PrometheusServer::Start(std::string_view config,
                                                                  std::string_view openmetrics) {
  std::string folder =
      (std::filesystem::temp_directory_path() / "hakem-prometheus-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return Fail(ErrorCode::kRefused, "cannot make a folder " + folder);
  }
  std::unique_ptr<PrometheusServer> server(new PrometheusServer(std::move(folder)));
  std::ofstream(server->folder_ + "/prometheus.yml") << config;
  Result<void> ready =
      server->Fill(openmetrics).and_then([&] { return server->Launch(); }).and_then([&] {
        return server->AwaitReady();
      });
  if (!ready) {
    return Fail(ready.error());
  }
  return server;
}

Result<void> PrometheusServer::Fill(std::string_view openmetrics) const {
  if (openmetrics.empty()) {
    return {};
  }
  const std::string file = folder_ + "/data.om";
  std::ofstream(file) << openmetrics;
  const PeerOutput made =
      RunPeer("promtool", {"tsdb", "create-blocks-from", "openmetrics", file, folder_ + "/data"});
  return made.status == 0 ? Result<void>() : Fail(ErrorCode::kInvalidInput, made.text);
}

Result<void> PrometheusServer::Launch() {
  port_ = demo::FreePort();
  const auto log = demo::Output::ToFile(folder_ + "/prometheus.log");
  Result<demo::ChildProcess> started = demo::ChildProcess::Start(
      {.argv = {PeerPath("prometheus"), "--config.file=" + folder_ + "/prometheus.yml",
                "--storage.tsdb.path=" + folder_ + "/data", "--storage.tsdb.retention.time=100y",
                fmt::format("--web.listen-address=127.0.0.1:{}", port_)},
       .standard_output = log,
       .standard_error = log});
  if (!started) {
    return Fail(started.error());
  }
  process_ = std::make_unique<demo::ChildProcess>(*std::move(started));
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

Result<nlohmann::json> PrometheusServer::Get(std::string_view path) const {
  const Result<std::string> body = Fetch(fmt::format("http://127.0.0.1:{}{}", port_, path));
  if (!body) {
    return Fail(body.error());
  }
  const nlohmann::json answer = nlohmann::json::parse(*body, nullptr, false);
  if (answer.is_object() && answer.value("status", "") == "success") {
    return answer.at("data");
  }
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("{}: {}", path, answer.is_object() ? answer.value("error", "") : *body));
}

Result<nlohmann::json> PrometheusServer::Query(std::string_view expr) const {
  return Get(fmt::format("/api/v1/query?query={}", UrlEncoded(expr)))
      .transform([](const nlohmann::json& data) { return data.at("result"); });
}

std::string PrometheusServer::Log() const {
  std::ostringstream log;
  log << std::ifstream(folder_ + "/prometheus.log").rdbuf();
  return log.str();
}

}  // namespace hakem
