// Ten minutes (or HAKEM_SOAK_SECONDS) of heavy requests, reloads and database restarts with 512 MiB
// of address space, and in a control group of 256 MiB if one can be created. Hakem must stay one
// process, miss no round and no evaluation, and answer every scrape and every small query.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "model/clock.h"
#include "model/mutex.h"
#include "process/child_process.h"
#include "tests/support/game/hokm_database.h"
#include "tests/support/http/fetch.h"
#include "tests/support/http/url.h"
#include "tests/support/paths.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using std::chrono::seconds;

constexpr std::size_t kHeavyClients = 24;
constexpr std::size_t kSmallClients = 2;
constexpr Duration kReloadEvery = seconds(7);
constexpr Duration kRestartEvery = seconds(40);
constexpr std::string_view kForm = "Content-Type: application/x-www-form-urlencoded\r\n";

seconds Length() {
  const char* text = std::getenv("HAKEM_SOAK_SECONDS");
  return seconds(text == nullptr ? 600 : std::atoi(text));
}

struct Ask {
  std::string path;
  std::string form;
};

std::string Times(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) {
    all += text;
  }
  return all;
}

Ask Query(std::string_view expr) {
  return {"/api/v1/query", "query=" + UrlEncoded(expr)};
}

Ask Range(std::string_view expr) {
  const auto now = std::chrono::duration_cast<seconds>(SystemClock().Now().time_since_epoch());
  return {"/api/v1/query_range", fmt::format("start={}&end={}&step=1&query={}",
                                             now.count() - 10'000, now.count(), UrlEncoded(expr))};
}

/// Requests that need memory in different ways.
std::vector<Ask> HeavyAsks() {
  const std::string ones = Times("$1", 500);
  const std::string all = R"x({__name__!=""})x";
  return {
      Query(fmt::format(R"x(label_replace(label_replace(label_replace(vector(1),"a","{}","",""),)x"
                        R"x("a","{}","a","(.*)"),"a","{}","a","(.*)"))x",
                        std::string(1000, 'x'), ones, Times("$1", 4000))),
      Query(
          fmt::format(R"x(label_replace({},"a","{}","__name__","(.*)"))x", all, Times("$1", 2000))),
      Query(fmt::format(R"x(count_values without () ("v", {}))x", all)),
      Range(fmt::format(R"x(count_values without () ("v", {}))x", all)),
      Range(all),
      Range(fmt::format("sum_over_time({}[1h:1s])", all)),
      Range(fmt::format(R"x(label_join({}, "j", "-", "__name__", "job", "server"))x", all)),
      Range(fmt::format("{0} * on(__name__, instance) group_left() {0}", all)),
      {"/api/v1/series", Times("match[]=" + UrlEncoded(all) + "&", 250)},
      {"/api/v1/labels", Times("match[]=" + UrlEncoded(all) + "&", 250)},
      {"/api/v1/series", "match[]=" + UrlEncoded(R"x({__name__=~"(((a|b)*c)*|.*x?){50}.*"})x")},
      {"/api/v1/format_query", "query=" + UrlEncoded("a" + Times(" + a", 500))},
      {"/api/v1/parse_query", "query=" + UrlEncoded("a" + Times(" + a", 500))},
      {"/api/v1/format_query", "query=" + std::string(900'000, '-')},
  };
}

/// A script that starts Hakem under a limit; $HAKEM_PROGRAM is set to it.
class LimitedProgram {
 public:
  explicit LimitedProgram(const std::string& before) : path_(folder_.path() + "/limited-hakem") {
    std::ofstream(path_) << "#!/bin/sh\n" << before << "\nexec " << HakemProgram() << " \"$@\"\n";
    chmod(path_.c_str(), 0755);
    setenv("HAKEM_PROGRAM", path_.c_str(), 1);
  }

  ~LimitedProgram() { unsetenv("HAKEM_PROGRAM"); }

  LimitedProgram(const LimitedProgram&) = delete;
  LimitedProgram& operator=(const LimitedProgram&) = delete;

 private:
  ScratchFolder folder_;
  std::string path_;
};

/// A new control group; its folder is empty if none can be created.
class MemoryGroup {
 public:
  explicit MemoryGroup(std::uint64_t bytes) {
    for (const std::string& root :
         {std::string("/sys/fs/cgroup"), std::string("/sys/fs/cgroup/memory")}) {
      const std::string folder = fmt::format("{}/hakem-soak-{}", root, getpid());
      std::error_code error;
      if (!std::filesystem::create_directory(folder, error)) {
        continue;
      }
      for (const char* file : {"memory.max", "memory.limit_in_bytes"}) {
        std::ofstream limit(folder + "/" + file, std::ios::in);
        if (limit && limit << bytes && limit.flush()) {
          folder_ = folder;
          return;
        }
      }
      std::filesystem::remove(folder, error);
    }
  }

  ~MemoryGroup() {
    std::error_code ignored;
    if (!folder_.empty()) {
      std::filesystem::remove(folder_, ignored);
    }
  }

  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;

  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

class SmallMemory : public testing::Test {
 protected:
  struct Counts {
    std::map<int, int> by_status;  ///< 0 means no response within 5 s.
    Duration longest{0};
  };

  void Start() {
    std::ofstream(config_.path() + "/hakem.yml") << fmt::format(
        "targets: [{{name: hokm, dsn: \"{}\", password: {}}}]\n"
        "collect: {{lanes: {{fast: 1s, slow: 5s}}, budget: 0}}\n",
        database_.MonitorDsn(), kCanaryPassword);
    auto started = ServingHakem::Start({{"STATE_DIRECTORY", state_.path()}},
                                       {"--config", config_.path() + "/hakem.yml"});
    ASSERT_TRUE(started) << started.error().message;
    hakem_ = *std::move(started);
    ASSERT_TRUE(Eventually(seconds(30), [&] {
      return hakem_->Metric("pg_up{server=\"hokm\"}") == 1;
    })) << hakem_->Log();
  }

  void Send(const Ask& ask, Counts& counts) {
    const SteadyTime begun = SystemClock().SteadyNow();
    HttpConnection connection(hakem_->port());
    const auto reply = connection.Exchange(
        ask.form.empty() ? HttpRequestText("GET", ask.path, "Connection: close\r\n")
                         : HttpRequestText("POST", ask.path, kForm, ask.form));
    const auto taken = std::chrono::duration_cast<Duration>(SystemClock().SteadyNow() - begun);
    const MutexLock lock(mutex_);
    ++counts.by_status[reply ? reply->status : 0];
    counts.longest = std::max(counts.longest, taken);
  }

  /// Waits for its turn without a limit.
  void AskSmall(Counts& counts) {
    const SteadyTime begun = SystemClock().SteadyNow();
    const auto body = Fetch(hakem_->url() + "/api/v1/query?query=pg_up");
    const auto taken = std::chrono::duration_cast<Duration>(SystemClock().SteadyNow() - begun);
    const bool answered = body && body->find(R"("status":"success")") != body->npos;
    const MutexLock lock(mutex_);
    ++counts.by_status[answered ? 200 : 0];
    counts.longest = std::max(counts.longest, taken);
  }

  void Run() {
    const double started = hakem_->Metric("process_start_time_seconds").value_or(0);
    const SteadyTime begun = SystemClock().SteadyNow();
    const SteadyTime end = begun + Length();
    const double iterations_before = Iterations();
    Counts heavy;
    Counts scrapes;
    Counts small;
    std::atomic<int> reloads{0};
    std::atomic<int> restarts{0};
    const std::vector<Ask> asks = HeavyAsks();
    {
      std::vector<std::jthread> clients;  // Joined before the objects that they use are destroyed.
      const auto until_end = [&](Duration pause, const auto& work) {
        clients.emplace_back([&, pause, work] {
          for (std::size_t turn = 0; SystemClock().SteadyNow() < end; ++turn) {
            work(turn);
            SystemClock().SleepUntil(SystemClock().SteadyNow() + pause, {});
          }
        });
      };
      for (std::size_t client = 0; client < kHeavyClients; ++client) {
        until_end(Duration(1), [&, client](std::size_t turn) {
          Send(asks[(client * 5 + turn) % asks.size()], heavy);
        });
      }
      for (std::size_t client = 0; client < kSmallClients; ++client) {
        until_end(Duration(200), [&](std::size_t) { Send({"/metrics", ""}, scrapes); });
        until_end(Duration(200), [&](std::size_t) { AskSmall(small); });
      }
      until_end(kReloadEvery, [&](std::size_t) {
        hakem_->Signal(SIGHUP);
        ++reloads;
      });
      until_end(kRestartEvery, [&](std::size_t turn) {
        if (turn > 0) {
          database_.server().Stop();
          EXPECT_TRUE(database_.server().Start());
          ++restarts;
        }
      });
    }
    const double length =
        ToSeconds(std::chrono::duration_cast<Duration>(SystemClock().SteadyNow() - begun));
    const double iterations = Iterations() - iterations_before;
    fmt::print("{:.0f} s, {} reloads, {} restarts of the database, {:.0f} evaluations\n", length,
               reloads.load(), restarts.load(), iterations);
    Print("heavy", heavy);
    Print("scrapes", scrapes);
    Print("small queries", small);
    fmt::print("resident at the end: {:.0f} MB\n",
               hakem_->Metric("process_resident_memory_bytes").value_or(0) / 1e6);
    EXPECT_EQ(hakem_->Metric("process_start_time_seconds").value_or(0), started);
    EXPECT_EQ(scrapes.by_status.size(), 1U);
    EXPECT_EQ(scrapes.by_status.count(200), 1U);
    EXPECT_EQ(small.by_status.size(), 1U);
    EXPECT_EQ(small.by_status.count(200), 1U);
    EXPECT_GE(iterations, length - 2);
    EXPECT_EQ(Missed(), 0);
    EXPECT_EQ(hakem_->Metric("hakem_rule_loop_failures_total").value_or(-1), 0);
  }

  double Iterations() const { return SumOf("prometheus_rule_group_iterations_total"); }

  double Missed() const { return SumOf("prometheus_rule_group_iterations_missed_total"); }

  /// Evaluations of the first group; all groups are evaluated together.
  double SumOf(const std::string& family) const {
    const std::string page = hakem_->Page("/metrics");
    const auto line = page.find("\n" + family + "{");
    const auto space = line == page.npos ? line : page.find("} ", line);
    return space == page.npos ? -1 : std::strtod(page.c_str() + space + 2, nullptr);
  }

  static void Print(std::string_view what, const Counts& counts) {
    fmt::print("{}:", what);
    for (const auto& [status, count] : counts.by_status) {
      fmt::print(" {} × {}", count, status);
    }
    fmt::print(", the longest took {:.2f} s\n", ToSeconds(counts.longest));
  }

  HokmDatabase database_;
  ScratchFolder state_;
  ScratchFolder config_;
  std::unique_ptr<ServingHakem> hakem_;
  Mutex mutex_;
};

TEST_F(SmallMemory, SurvivesHeavyRequestsUnderALimitOnAddressSpace) {
  const LimitedProgram limited("ulimit -v 524288");
  ASSERT_NO_FATAL_FAILURE(Start());
  Run();
}

TEST_F(SmallMemory, SurvivesHeavyRequestsInAControlGroup) {
  const MemoryGroup group(std::uint64_t{256} << 20);
  if (group.folder().empty()) {
    GTEST_SKIP() << "no control group with a limit on memory can be made here";
  }
  const LimitedProgram limited("echo $$ > " + group.folder() + "/cgroup.procs");
  ASSERT_NO_FATAL_FAILURE(Start());
  Run();
  hakem_.reset();
}

}  // namespace
}  // namespace hakem
