// The contract that every collector must fulfil.
#include <algorithm>
#include <filesystem>

#include "collectors/core/collector.h"
#include "tests/support/collection/fake_session.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"

namespace hakem::collectors {
namespace {

class EveryCollector : public testing::TestWithParam<const CollectorSpec*> {
 protected:
  const CollectorSpec& spec() const { return *GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(, EveryCollector, testing::ValuesIn(kCollectors),
                         [](const auto& each) { return std::string(each.param->name); });

TEST_P(EveryCollector, IsNamedAsItsFile) {
  const auto file = std::filesystem::path(SourcePath("collectors")) / spec().name;
  EXPECT_TRUE(std::filesystem::exists(file.string() + ".cpp"));
}

TEST_P(EveryCollector, HasHelpAndFamilies) {
  EXPECT_FALSE(spec().help.empty());
  EXPECT_FALSE(spec().families.empty());
}

TEST_P(EveryCollector, HasValidNamesAndHelpOfOneSentence) {
  for (const FamilySpec& family : spec().families) {
    EXPECT_TRUE(IsValidMetricName(family.name)) << family.name;
    EXPECT_TRUE(family.help.ends_with('.')) << family.name;
    EXPECT_TRUE(std::all_of(family.labels.begin(), family.labels.end(), IsValidLabelName))
        << family.name;
  }
}

TEST_P(EveryCollector, RunsInEachDatabaseInTheSlowLaneOnly) {
  EXPECT_TRUE(spec().scope == Scope::kCluster || spec().lane == Lane::kSlow);
}

TEST_P(EveryCollector, ReturnsTheTimeoutOfItsSession) {
  FakeSession session;
  session.Answer("", Fail(ErrorCode::kTimeout, "canceling statement due to statement timeout"));
  const FakeClock clock{};
  const Logger log = Log::Silent().For("collectors.test");
  SampleSink sink{Labels{}};
  const CollectorOptions options{.interval = std::chrono::seconds(5), .games = {{}}};
  const auto collected =
      spec().make(options)->Collect({.session = session, .clock = clock, .log = log}, sink);
  EXPECT_THAT(collected, HasCode(ErrorCode::kTimeout));
}

}  // namespace
}  // namespace hakem::collectors
