#include "rules/alerts/alert_journal.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/support/alerting/memory_alert_store.h"
#include "tests/support/matchers.h"

namespace hakem::rules {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

class AlertJournalTest : public ::testing::Test {
 protected:
  void Set(AlertState state, const std::string& game = "hokm") {
    ActiveAlert& alert = alerts_[Labels{{"game", game}}];
    alert.labels = Labels{{"game", game}};
    alert.state = state;
    alert.active_at = kStart;
  }

  Result<void> Save(int second) {
    const AlertJournal::RuleAlerts rule{"g;A", alerts_};
    return journal_.Save(store_, "g", kStart + seconds(second), {&rule, 1});
  }

  ActiveAlerts alerts_;
  MemoryAlertStore store_;
  AlertJournal journal_;
};

TEST_F(AlertJournalTest, SavesEachTransition) {
  Set(AlertState::kPending);
  ASSERT_THAT(Save(0), IsOk());
  Set(AlertState::kFiring);
  ASSERT_THAT(Save(5), IsOk());
  Set(AlertState::kInactive);
  ASSERT_THAT(Save(10), IsOk());
  alerts_.clear();
  ASSERT_THAT(Save(15), IsOk());
  EXPECT_THAT(store_.journal, ElementsAre("{game=\"hokm\"} pending", "{game=\"hokm\"} firing",
                                          "{game=\"hokm\"} inactive", "{game=\"hokm\"} forgotten"));
  EXPECT_THAT(store_.alerts, IsEmpty());
}

TEST_F(AlertJournalTest, WritesNothingWhileNothingChanges) {
  ASSERT_THAT(Save(0), IsOk());
  EXPECT_EQ(store_.saves, 0);
  Set(AlertState::kFiring);
  ASSERT_THAT(Save(5), IsOk());
  alerts_.begin()->second.value = 7;
  ASSERT_THAT(Save(10), IsOk());
  EXPECT_EQ(store_.saves, 1);
}

TEST_F(AlertJournalTest, SavesTheTimeOfEachEvaluationWhileAnAlertIsPending) {
  Set(AlertState::kPending);
  ASSERT_THAT(Save(0), IsOk());
  ASSERT_THAT(Save(5), IsOk());
  EXPECT_EQ(store_.groups.at("g"), kStart + seconds(5));
  EXPECT_THAT(store_.journal, SizeIs(1));
}

TEST_F(AlertJournalTest, SavesTheTimeOfAnEvaluationNowAndThenWhileAnAlertIsFiring) {
  Set(AlertState::kFiring);
  for (int second = 0; second <= 60; second += 5) {
    ASSERT_THAT(Save(second), IsOk());
  }
  EXPECT_EQ(store_.saves, 5);
  EXPECT_EQ(store_.groups.at("g"), kStart + seconds(60));
  Set(AlertState::kInactive);
  ASSERT_THAT(Save(65), IsOk());
  ASSERT_THAT(Save(600), IsOk());
  EXPECT_EQ(store_.groups.at("g"), kStart + seconds(65));
}

TEST_F(AlertJournalTest, SavesATimeThatChangesWithoutATransition) {
  Set(AlertState::kFiring);
  ASSERT_THAT(Save(0), IsOk());
  alerts_.begin()->second.keep_firing_since = kStart + seconds(5);
  ASSERT_THAT(Save(5), IsOk());
  EXPECT_EQ(store_.alerts.begin()->second.keep_firing_since, kStart + seconds(5));
  EXPECT_THAT(store_.journal, SizeIs(1));
}

TEST_F(AlertJournalTest, SavesLaterWhatCouldNotBeSaved) {
  Set(AlertState::kFiring);
  store_.failure = Error{ErrorCode::kUnavailable, "disk full"};
  EXPECT_THAT(Save(0), HasMessage("disk full"));
  store_.failure.reset();
  ASSERT_THAT(Save(5), IsOk());
  EXPECT_THAT(store_.journal, ElementsAre("{game=\"hokm\"} firing"));
}

TEST_F(AlertJournalTest, DeletesTheAlertsOfRulesThatAreGone) {
  Set(AlertState::kFiring);
  ASSERT_THAT(Save(0), IsOk());
  ASSERT_THAT(journal_.Save(store_, "g", kStart + seconds(5), {}), IsOk());
  EXPECT_THAT(store_.alerts, IsEmpty());
}

TEST_F(AlertJournalTest, DeletesAGroup) {
  Set(AlertState::kFiring);
  ASSERT_THAT(Save(0), IsOk());
  ASSERT_THAT(journal_.Delete(store_, "g", kStart + seconds(5)), IsOk());
  EXPECT_THAT(store_.alerts, IsEmpty());
  EXPECT_THAT(store_.groups, IsEmpty());
  EXPECT_EQ(store_.journal.back(), "{game=\"hokm\"} forgotten");
}

TEST_F(AlertJournalTest, SavesTheLabelsThatReceiversKnow) {
  Set(AlertState::kFiring);
  ASSERT_THAT(Save(0), IsOk());
  alerts_.begin()->second.sent = SentAlert{Labels{{"site", "b"}}, ""};
  ASSERT_THAT(Save(5), IsOk());
  EXPECT_EQ(store_.alerts.begin()->second.sent->labels, (Labels{{"site", "b"}}));
  EXPECT_THAT(store_.journal, SizeIs(1));
}

TEST_F(AlertJournalTest, KnowsWhatWasSavedBeforeARestart) {
  Set(AlertState::kFiring);
  journal_.SetSaved("g;A", alerts_);
  ASSERT_THAT(Save(0), IsOk());
  EXPECT_EQ(store_.saves, 0);
}

}  // namespace
}  // namespace hakem::rules
