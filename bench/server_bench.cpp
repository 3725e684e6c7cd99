// How soon /metrics is answered, alone and beside clients that keep their connections.

#include <benchmark/benchmark.h>

#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "model/clock.h"
#include "tests/support/http/http_get.h"
#include "web/server/server.h"

namespace hakem::web {
namespace {

constexpr std::size_t kPageBytes = 2'500'000;  // 30,000 series, not compressed.

/// Clients that ask something small every second, so that the server keeps their connections.
class KeptConnections {
 public:
  KeptConnections(std::uint16_t port, std::size_t count)
      : thread_([port, count](const std::stop_token& stop) {
          std::vector<std::unique_ptr<HttpConnection>> connections;
          for (std::size_t i = 0; i < count; ++i) {
            connections.push_back(std::make_unique<HttpConnection>(port));
          }
          do {
            for (const auto& connection : connections) {
              benchmark::DoNotOptimize(connection->Exchange(HttpRequestText("GET", "/")));
            }
          } while (
              SystemClock().SleepUntil(SystemClock().SteadyNow() + std::chrono::seconds(1), stop));
        }) {}

 private:
  std::jthread thread_;
};

void BM_Server_MetricsBesideKeptConnections(benchmark::State& state) {
  const auto page = std::make_shared<const std::string>(kPageBytes, 'x');
  const auto server = Server::Start(
      {.address = {"127.0.0.1", 0}},
      [&](const Request& request) {
        return request.path == "/metrics" ? Response{.body = page} : TextResponse(200, "small");
      },
      Log::Silent().For("web"));
  const KeptConnections kept((*server)->port(), static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const auto reply = HttpGet((*server)->port(), "/metrics");
    if (!reply || reply->body.size() != kPageBytes) {
      state.SkipWithError("no page");
    }
  }
}

BENCHMARK(BM_Server_MetricsBesideKeptConnections)->ArgName("kept")->Arg(0)->Arg(40)->UseRealTime();

}  // namespace
}  // namespace hakem::web
