#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "collectors/core/collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"state", "application_name"};

constexpr FamilySpec kFamilies[] = {
    {.name = "pg_process_idle_seconds",
     .type = MetricType::kHistogram,
     .help = "Idle connections now, by how long they have been idle; our own are not counted.",
     .labels = kLabels},
};

constexpr std::array kBounds = {1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 90.0, 120.0, 300.0};

constexpr std::string_view kSql = R"(
SELECT state, application_name,
       greatest(extract(epoch FROM clock_timestamp() - state_change), 0) AS seconds
FROM pg_stat_activity
WHERE state LIKE 'idle%' AND application_name <> 'hakem')";

struct Observed {
  std::array<double, kBounds.size()> at_most{};
  double count = 0;
  double sum = 0;

  void Add(double seconds) {
    for (std::size_t i = 0; i < kBounds.size(); ++i) {
      at_most.at(i) += seconds <= kBounds.at(i) ? 1 : 0;
    }
    ++count;
    sum += seconds;
  }
};

/// A histogram of what is there now, for each state and application.
class ProcessIdleCollector final : public Collector {
 public:
  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    const auto rows = context.session.Query(kSql);
    if (!rows) {
      return Fail(rows.error());
    }
    std::map<std::pair<std::string, std::string>, Observed> observed;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const auto text = [&](std::size_t column) {
        return std::string(rows->Text(row, column).value_or(""));
      };
      if (const auto seconds = rows->Number(row, 2)) {
        observed[{text(0), text(1)}].Add(*seconds);
      }
    }
    for (const auto& [who, idle] : observed) {
      const std::string_view labels[] = {who.first, who.second};
      sink.WriteHistogram(kFamilies[0], labels, {kBounds, idle.at_most, idle.count, idle.sum});
    }
    return {};
  }
};

}  // namespace

extern const CollectorSpec process_idle;
constinit const CollectorSpec process_idle{
    .name = "process_idle",
    .help = "How long connections have been idle, by state and application.",
    .enabled_by_default = false,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) -> std::unique_ptr<Collector> {
      return std::make_unique<ProcessIdleCollector>();
    }};

}  // namespace hakem::collectors
