// Compares the HTTP API with a real Prometheus that has the same data, and tests its clients:
// promtool, the requests of a Grafana data source, a Prometheus that federates.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/clock.h"
#include "tests/support/http/fetch.h"
#include "tests/support/http/http_get.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/peers.h"
#include "tests/support/programs/prometheus_server.h"

namespace hakem {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;
using Json = nlohmann::json;

constexpr std::int64_t kStart = 1764000000;
constexpr std::int64_t kInterval = 15;
constexpr int kSteps = 240;

/// An hour of data of two targets: counters with resets, gauges, a histogram, unusual values.
std::string SampleData() {
  std::string text;
  const auto samples = [&](const std::string& series, const auto& value) {
    for (int i = 0; i < kSteps; ++i) {
      text += fmt::format("{} {} {}\n", series, value(i), kStart + i * kInterval);
    }
  };
  text += "# HELP moves Moves.\n# TYPE moves counter\n";
  samples("moves_total{job=\"game\",table=\"a\"}", [](int i) { return i * 7; });
  samples("moves_total{job=\"game\",table=\"b\"}", [](int i) { return i % 100 * 3; });
  text += "# HELP heat_celsius Warmth.\n# TYPE heat_celsius gauge\n# UNIT heat_celsius celsius\n";
  for (int room = 0; room < 3; ++room) {
    samples(fmt::format("heat_celsius{{job=\"env\",room=\"{}\"}}", room),
            [&](int i) { return std::sin(i / 10.0 + room) * 20; });
  }
  text += "# TYPE wait_seconds histogram\n";
  int bound = 0;
  for (const char* le : {"0.1", "0.5", "1.0", "+Inf"}) {
    ++bound;
    samples(fmt::format("wait_seconds_bucket{{job=\"game\",le=\"{}\"}}", le),
            [&](int i) { return i * bound; });
  }
  samples("wait_seconds_sum{job=\"game\"}", [](int i) { return i * 0.37; });
  samples("wait_seconds_count{job=\"game\"}", [](int i) { return i * 4; });
  constexpr const char* kOdd[] = {
      "+Inf", "-Inf", "NaN", "1e-07", "1e+21", "123456789012345680000", "-0", "0.1", "1e-320"};
  text += "# TYPE odd unknown\n";
  samples("odd{text=\"q\\\"b\\\\n\\n\"}",
          [&](int i) { return kOdd[static_cast<std::size_t>(i) % std::size(kOdd)]; });
  return text + "# EOF\n";
}

class TextFile {
 public:
  explicit TextFile(const std::string& text)
      : path_((std::filesystem::temp_directory_path() / fmt::format("hakem-api-{}.om", getpid()))
                  .string()) {
    std::ofstream(path_) << text;
  }

  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  ~TextFile() { std::filesystem::remove(path_); }

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

/// The answer's body, whatever its status.
Json Ask(int port, std::string_view path) {
  const auto body = Fetch(fmt::format("http://127.0.0.1:{}{}", port, path));
  EXPECT_THAT(body, IsOk()) << path;
  Json json = Json::parse(body.value_or(""), nullptr, false);
  EXPECT_TRUE(json.is_object()) << path << ": " << body.value_or("");
  return json;
}

/// A value's text without the digits that depend on the order in which a sum is taken.
std::string Rounded(const std::string& value) {
  return value.find('.') == value.npos ? value : fmt::format("{:.12g}", std::stod(value));
}

/// Without what 2.42 lacks (infos, warnings), and with sorted vectors.
Json Comparable(Json body) {
  body.erase("infos");
  body.erase("warnings");
  if (body["status"] != "success" || !body["data"].is_object() ||
      !body["data"].contains("resultType") || !body["data"]["result"].is_array()) {
    return body;
  }
  Json& result = body["data"]["result"];
  for (Json& element : result) {
    if (element.contains("value")) {
      element["value"][1] = Rounded(element["value"][1]);
    }
    if (element.contains("values")) {
      for (Json& point : element["values"]) {
        point[1] = Rounded(point[1]);
      }
    }
  }
  if (body["data"]["resultType"] == "vector") {
    std::sort(result.begin(), result.end());
  }
  return body;
}

/// Both servers with the same data, for all tests.
class PrometheusApiTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    file_ = std::make_unique<TextFile>(SampleData());
    auto prometheus = PrometheusServer::Start("global: {}\n", {.history = SampleData()});
    ASSERT_THAT(prometheus, IsOk());
    prometheus_ = *std::move(prometheus);
    auto hakem = ServingHakem::Start({}, {"--import", file_->path()});
    ASSERT_THAT(hakem, IsOk());
    hakem_ = *std::move(hakem);
  }

  static void TearDownTestSuite() {
    hakem_.reset();
    prometheus_.reset();
    file_.reset();
  }

  static Json Data(std::string_view path) {
    const Json body = Ask(hakem_->port(), path);
    EXPECT_EQ(body.value("status", ""), "success") << path << body;
    return body.value("data", Json());
  }

  static Json Post(std::string_view path, std::string_view form) {
    HttpConnection connection(hakem_->port());
    const auto reply = connection.Exchange(
        HttpRequestText("POST", path, "Content-Type: application/x-www-form-urlencoded\r\n", form));
    EXPECT_THAT(reply, IsOk());
    return Json::parse(reply->body, nullptr, false);
  }

  static inline std::unique_ptr<TextFile> file_;
  static inline std::unique_ptr<PrometheusServer> prometheus_;
  static inline std::unique_ptr<ServingHakem> hakem_;
};

TEST_F(PrometheusApiTest, AnswersLikePrometheus) {
  constexpr const char* kStepsOfAMinuteAndAHalf =
      "/api/v1/query_range?query=avg_over_time(heat_celsius[7m])&start=1764000007.5&end=1764003607"
      "&step=1m30s";
  constexpr const char* kLongQuery =
      "/api/v1/format_query?query=sum+by+(a)+(rate(a_metric_with_quite_a_long_name_total{job=\"a\"}"
      "[5m]))+/+on+(a)+group_left+(b)+max_over_time(another_long_metric_name[1h:5m])";
  // Instants lie between samples, because 2.42 includes both ends of a window.
  constexpr const char* kRequests[] = {
      "/api/v1/query?query=heat_celsius&time=1764001007",
      "/api/v1/query?query=odd&time=1764000127.5",
      "/api/v1/query?query=odd[3m]&time=1764000127.5",
      "/api/v1/query?query=1e21&time=1764001007",
      "/api/v1/query?query=1/3&time=1764001007.1236",
      "/api/v1/query?query='text'&time=2025-11-24T16:16:40.5Z",
      "/api/v1/query?query=rate(moves_total[5m])&time=1764001607",
      "/api/v1/query?query=sum+by(job)(increase(moves_total[10m]))&time=1764001607",
      "/api/v1/query?query=histogram_quantile(0.9,rate(wait_seconds_bucket[5m]))&time=1764001607",
      "/api/v1/query?query=topk(2,heat_celsius)&time=1764001007",
      "/api/v1/query?query=nothing&time=1764001007",
      "/api/v1/query?query=moves_total*on()heat_celsius{room=\"0\"}&time=1764001007",
      "/api/v1/query?query=sum(&time=1764001007",
      "/api/v1/query?query=up%2B&time=1764001007",
      "/api/v1/query?query=up&timeout=abc",
      "/api/v1/query_range?query=heat_celsius&start=1764000007&end=1764003607&step=60",
      "/api/v1/query_range?query=rate(moves_total[5m])&start=1764000007&end=1764003607&step=60",
      kStepsOfAMinuteAndAHalf,
      "/api/v1/query_range?query=time()&start=1764000000.333&end=1764000001&step=0.1",
      "/api/v1/query_range?query=1&start=1764000007",
      "/api/v1/query_range?query=1&start=2&end=1&step=1",
      "/api/v1/query_range?query=1&start=1&end=2&step=0",
      "/api/v1/query_range?query=1&start=1&end=2&step=x",
      "/api/v1/query_range?query=1&start=1&end=20000&step=1",
      "/api/v1/series?match[]=heat_celsius&match[]={job=\"game\"}",
      "/api/v1/series?match[]=heat_celsius&start=1764000000&end=1764003600",
      "/api/v1/series?match[]=heat_celsius&start=1&end=2",
      "/api/v1/series",
      "/api/v1/series?match[]={a=~\".*\"}",
      "/api/v1/series?match[]=up[",
      "/api/v1/labels",
      "/api/v1/labels?match[]=moves_total",
      "/api/v1/labels?match[]=rate(up)",
      "/api/v1/label/__name__/values",
      "/api/v1/label/room/values?match[]=heat_celsius{room!=\"1\"}",
      "/api/v1/label/nope/values",
      "/api/v1/format_query?query=sum(up)by(job)/2",
      kLongQuery,
      "/api/v1/format_query?query=foo(",
      "/api/v1/query_exemplars?query=up&start=1&end=2",
      "/api/v1/query_exemplars?query=up&start=2&end=1",
      "/api/v1/status/walreplay",
      "/api/v1/targets/metadata",
      "/api/v1/targets/metadata?limit=x",
      "/api/v1/alertmanagers",
  };
  for (const char* request : kRequests) {
    std::string path;
    for (const char c : std::string_view(request)) {
      path += c == '"' ? "%22" : c == '{' ? "%7B" : c == '}' ? "%7D" : std::string(1, c);
    }
    EXPECT_EQ(Comparable(Ask(hakem_->port(), path)), Comparable(Ask(prometheus_->port(), path)))
        << request;
  }
}

TEST_F(PrometheusApiTest, ServesPromtool) {
  const auto lines = [](int port, std::vector<std::string_view> arguments) {
    const std::string url = fmt::format("http://127.0.0.1:{}", port);
    std::replace(arguments.begin(), arguments.end(), std::string_view("URL"),
                 std::string_view(url));
    arguments.insert(arguments.begin(), "query");
    const PeerOutput output = RunPeer("promtool", arguments);
    EXPECT_EQ(output.status, 0) << output.text;
    std::vector<std::string> sorted;
    std::istringstream text(output.text);
    for (std::string line; std::getline(text, line);) {
      sorted.push_back(line);
    }
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  };
  const std::vector<std::vector<std::string_view>> commands{
      {"instant", "--time=1764001007", "URL", "heat_celsius"},
      {"instant", "--time=1764001007", "URL", "1 + 1"},
      {"range", "--start=1764001007", "--end=1764001307", "--step=60s", "URL", "sum(moves_total)"},
      {"series", "--match=heat_celsius", "--start=1764000000", "--end=1764003600", "URL"},
      {"labels", "--start=1764000000", "--end=1764003600", "URL", "room"},
  };
  for (const auto& command : commands) {
    const auto expected = lines(prometheus_->port(), command);
    EXPECT_FALSE(expected.empty());
    EXPECT_EQ(lines(hakem_->port(), command), expected) << command.front();
  }
}

TEST_F(PrometheusApiTest, ServesTheRequestsOfAGrafanaDataSource) {
  const Json health = Post("/api/v1/query", "query=1%2B1&time=1764001007");
  EXPECT_EQ(health["data"]["resultType"], "scalar");
  EXPECT_EQ(health["data"]["result"][1], "2");

  const Json build = Data("/api/v1/status/buildinfo");
  EXPECT_THAT(build["version"].get<std::string>(), StartsWith("3."));
  EXPECT_FALSE(build.contains("features")) << "it would be taken for Mimir";

  EXPECT_THAT(Data("/api/v1/label/__name__/values?start=1764000000&end=1764003600"),
              Contains("moves_total"));
  EXPECT_THAT(Data("/api/v1/labels?start=1764000000&end=1764003600"), Contains("room"));
  EXPECT_EQ(Data("/api/v1/metadata?limit_per_metric=1")["heat_celsius"],
            Json::parse(R"([{"type":"gauge","help":"Warmth.","unit":"celsius"}])"));
  EXPECT_EQ(Data("/api/v1/series?match[]=heat_celsius&start=1764000000&end=1764003600").size(), 3U);

  const Json range =
      Post("/api/v1/query_range",
           "query=rate(moves_total%5B5m%5D)&start=1764000600&end=1764001200&step=15");
  EXPECT_EQ(range["data"]["resultType"], "matrix");
  EXPECT_EQ(range["data"]["result"].size(), 2U);
  EXPECT_EQ(range["data"]["result"][0]["values"].size(), 41U);

  EXPECT_EQ(Data("/api/v1/format_query?query=sum(up)by(job)"), "sum by (job) (up)");
  EXPECT_EQ(Data("/api/v1/parse_query?query=sum(up)")["type"], "aggregation");
  EXPECT_TRUE(Data("/api/v1/rules")["groups"].is_array());
  EXPECT_TRUE(Data("/api/v1/query_exemplars?query=up&start=1&end=2").empty());
}

TEST_F(PrometheusApiTest, GivesTheQueryCommandTheSameResultsAsAFile) {
  const std::vector<std::string> query{"query", "heat_celsius", "--time", "1764001007"};
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), query.begin(), query.end());
    const ProgramRun done = RunHakem(more);
    EXPECT_EQ(done.status, 0) << done.errors;
    return done.output;
  };
  const std::vector<std::string> server{"--server", hakem_->url()};
  const std::string table = run(server);
  EXPECT_THAT(table, HasSubstr("heat_celsius{job=\"env\", room=\"0\"}"));
  EXPECT_EQ(run({"--data", file_->path()}), table);
  EXPECT_EQ(run({"--server", fmt::format("http://127.0.0.1:{}", prometheus_->port())}), table);
  EXPECT_THAT(run({"--data", file_->path(), "--range", "30m", "--output", "graph"}),
              HasSubstr("2025-11-24T16:16:47Z"));
  EXPECT_EQ(Json::parse(run({"--data", file_->path(), "--output", "json"}))["status"], "success");
}

TEST_F(PrometheusApiTest, PointsAtTheErrorInAQuery) {
  const ProgramRun run = RunHakem({"query", "sum(heat_celsius", "--server", hakem_->url()});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.errors,
            "hakem: 1:17: parse error: unclosed left parenthesis\n"
            "  sum(heat_celsius\n"
            "                  ^\n");
  EXPECT_EQ(RunHakem({"query", "up", "--server", "http://127.0.0.1:1"}).status, 3);
}

TEST(ServeImport, ReportsErrorsInTheFile) {
  const TextFile file("games 3 1\ngames{a=\"1\",a=\"2\"} 4 1\n# EOF\n");
  const auto run = [](const std::string& path) {
    return RunHakem({"serve", "--web.listen-address", "127.0.0.1:0", "--import", path});
  };
  EXPECT_EQ(run(file.path()).status, 2);
  EXPECT_THAT(run(file.path()).errors,
              HasSubstr(file.path() + ":2: the series has the label \"a\" twice"));
  EXPECT_THAT(run("/nonexistent").errors,
              HasSubstr("cannot read /nonexistent: No such file or directory"));
}

TEST(PrometheusFederation, TakesTheNewestValuesFromHakem) {
  const double now = ToUnixSeconds(SystemClock().Now());
  const TextFile file(
      fmt::format("games{{job=\"a\"}} 3 {0:.3f}\n{{\"games\",\"job\"=\"b\"}} 4 "
                  "{0:.3f}\n# EOF\n",
                  now));
  const auto hakem = ServingHakem::Start({}, {"--import", file.path()});
  ASSERT_THAT(hakem, IsOk());
  const auto prometheus = PrometheusServer::Start(
      fmt::format("scrape_configs:\n"
                  "  - job_name: federate\n    honor_labels: true\n    metrics_path: /federate\n"
                  "    scrape_interval: 1s\n    params: {{'match[]': ['{{__name__=\"games\"}}']}}\n"
                  "    static_configs: [{{targets: ['127.0.0.1:{}']}}]\n",
                  (*hakem)->port()));
  ASSERT_THAT(prometheus, IsOk());
  EXPECT_TRUE(Eventually(std::chrono::seconds(40), [&] {
    const auto sum = (*prometheus)->Query("sum(games)");
    return sum && !sum->empty() && sum->at(0).at("value").at(1) == "7";
  }));
}

}  // namespace
}  // namespace hakem
