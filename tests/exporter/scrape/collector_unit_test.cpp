#include "exporter/scrape/collector_unit.h"

#include "collectors/core/sql_collector.h"
#include "tests/support/collection/fake_session.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace hakem::exporter {
namespace {

using testing::Optional;

constexpr std::string_view kLabels[] = {"name"};
constexpr collectors::SqlValue kValues[] = {
    collectors::Gauge("value", "things", "Things.", kLabels)};
constexpr collectors::SqlQuery kQueries[] = {{.sql = "SELECT things", .values = kValues}};
constexpr auto kFamilies = collectors::FamiliesOf(kValues);

constexpr collectors::CollectorSpec kThings{.name = "things",
                                            .help = "Things.",
                                            .enabled_by_default = true,
                                            .lane = collectors::Lane::kFast,
                                            .families = kFamilies,
                                            .make = [](const collectors::CollectorOptions&) {
                                              return collectors::MakeSqlCollector(kQueries);
                                            }};

TEST(CollectorUnit, WritesNoSamplesOfARoundThatFailedHalfWay) {
  collectors::FakeSession session;
  const FakeClock clock{};
  CollectorUnit unit(kThings, {.interval = std::chrono::seconds(5), .games = {}}, {},
                     Log::Silent());

  session.Answer("things", collectors::Rows({"name", "value"}, {"a", "1", "b", "none"}));
  const CollectorRound failed = unit.Run(session, clock);
  EXPECT_THAT(failed.error, Optional(testing::Field(&Error::code, ErrorCode::kInternal)));
  EXPECT_THAT(failed.families, testing::IsEmpty());

  session.Answer("things", collectors::Rows({"name", "value"}, {"a", "2"}));
  const CollectorRound round = unit.Run(session, clock);
  ASSERT_TRUE(round.succeeded());
  ASSERT_EQ(round.families.at(0).samples.size(), 1U);
  EXPECT_EQ(round.families.at(0).samples.at(0).value, 2);
  EXPECT_EQ(round.duplicates, 0U);
}

}  // namespace
}  // namespace hakem::exporter
