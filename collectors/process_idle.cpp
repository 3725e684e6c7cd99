#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "collectors/core/collector.h"
#include "collectors/core/histogram.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"state", "application_name"};

constexpr FamilySpec kFamilies[] = {
    {.name = "pg_process_idle_seconds",
     .type = MetricType::kHistogram,
     .help = "Idle connections now, by how long they have been idle; our own are not counted.",
     .labels = kLabels},
};

constexpr double kBounds[] = {1, 2, 5, 15, 30, 60, 90, 120, 300};

// If the server hides connections of other roles the query returns no rows, because a histogram of
// some connections would be mistaken for one of all.
constexpr std::string_view kSql = R"(
SELECT state, application_name,
       greatest(extract(epoch FROM clock_timestamp() - state_change), 0) AS seconds
FROM pg_stat_activity
WHERE state LIKE 'idle%' AND application_name <> 'hakem'
      AND pg_has_role('pg_read_all_stats', 'USAGE'))";

/// Makes a histogram of the current idle times for each state and application.
class ProcessIdleCollector final : public Collector {
 public:
  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    const auto rows = context.session.Query(kSql);
    if (!rows) {
      return Fail(rows.error());
    }
    std::map<std::pair<std::string, std::string>, Histogram> observed;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const auto text = [&](std::size_t column) {
        return std::string(rows->Text(row, column).value_or(""));
      };
      if (const auto seconds = rows->Number(row, 2)) {
        const auto who = std::pair(text(0), text(1));
        observed.try_emplace(who, std::vector(std::begin(kBounds), std::end(kBounds)))
            .first->second.Observe(*seconds);
      }
    }
    for (const auto& [who, idle] : observed) {
      const std::string_view labels[] = {who.first, who.second};
      sink.WriteHistogram(kFamilies[0], labels, idle.value());
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
