#include "state/alert_store.h"

#include <gmock/gmock.h>

#include <barrier>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "state/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace hakem::state {
namespace {

using rules::ActiveAlert;
using rules::AlertState;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr Timestamp kStart{milliseconds(1'767'225'600'123)};

ActiveAlert MakeAlert(AlertState state) {
  ActiveAlert alert;
  alert.labels = Labels{{"alertname", "Busy"}, {"game", "1:a;\n\"ب"}};
  alert.annotations = {{"", ""}, {"summary", std::string("a\0b", 3)}};
  alert.value = 250.5;
  alert.state = state;
  alert.active_at = kStart;
  return alert;
}

class AlertStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Database::Open({.path = "", .migrations = kMainMigrations},
                                 {.clock = clock_, .log = Log::Silent().For("state")});
    ASSERT_THAT(opened, IsOk());
    database_ = std::move(*opened);
  }

  Result<void> Save(const ActiveAlert& alert, bool is_transition = true) {
    const rules::AlertChange change{.rule = "f;g;Busy",
                                    .labels = alert.labels,
                                    .alert = &alert,
                                    .is_transition = is_transition};
    return Store().Save("f;g", kStart, {&change, 1});
  }

  AlertStore& Store() {
    if (!store_) {
      store_.emplace(*database_, log_.For("state"));
    }
    return *store_;
  }

  rules::StoredAlerts Load() {
    auto stored = Store().Load();
    EXPECT_THAT(stored, IsOk());
    return stored.value_or(rules::StoredAlerts());
  }

  /// The states in the journal; -1 for a forgotten alert.
  std::vector<std::int64_t> Journal() {
    std::vector<std::int64_t> states;
    EXPECT_THAT(database_->Query("SELECT ifnull(state, -1) FROM alert_journal ORDER BY id", {},
                                 [&](const Row& row) { states.push_back(row.Integer(0)); }),
                IsOk());
    return states;
  }

  FakeClock clock_;
  const Log log_{LogLevel::kInfo, LogFormat::kLogfmt};
  std::unique_ptr<Database> database_;
  std::optional<AlertStore> store_;
};

TEST_F(AlertStoreTest, ReturnsAllThatWasSaved) {
  ActiveAlert saved = MakeAlert(AlertState::kFiring);
  saved.fired_at = kStart + milliseconds(1);
  saved.keep_firing_since = kStart + milliseconds(2);
  saved.kept_until = kStart + milliseconds(3);
  saved.sent = rules::SentAlert{saved.labels.With("site", "a"), "http://hakem/graph"};
  ASSERT_THAT(Save(saved), IsOk());
  const rules::StoredAlerts stored = Load();
  ASSERT_EQ(stored.alerts.size(), 1U);
  EXPECT_EQ(stored.alerts[0].rule, "f;g;Busy");
  const ActiveAlert& alert = stored.alerts[0].alert;
  EXPECT_EQ(alert.labels, saved.labels);
  EXPECT_EQ(alert.annotations, saved.annotations);
  EXPECT_EQ(alert.value, 250.5);
  EXPECT_EQ(alert.state, AlertState::kFiring);
  EXPECT_EQ(alert.active_at, kStart);
  EXPECT_EQ(alert.fired_at, kStart + milliseconds(1));
  EXPECT_EQ(alert.keep_firing_since, kStart + milliseconds(2));
  EXPECT_EQ(alert.resolved_at, std::nullopt);
  EXPECT_EQ(alert.kept_until, kStart + milliseconds(3));
  EXPECT_EQ(alert.sent, saved.sent);
  EXPECT_THAT(stored.groups, ElementsAre(Pair("f;g", kStart)));
}

TEST_F(AlertStoreTest, KeepsValuesThatAreNoNumbers) {
  ActiveAlert alert = MakeAlert(AlertState::kPending);
  alert.value = std::nan("");
  ASSERT_THAT(Save(alert), IsOk());
  EXPECT_TRUE(std::isnan(Load().alerts.at(0).alert.value));
  alert.value = -std::numeric_limits<double>::infinity();
  ASSERT_THAT(Save(alert), IsOk());
  EXPECT_EQ(Load().alerts.at(0).alert.value, alert.value);
}

TEST_F(AlertStoreTest, ReplacesAndDeletesAlerts) {
  ActiveAlert alert = MakeAlert(AlertState::kPending);
  ASSERT_THAT(Save(alert), IsOk());
  alert.state = AlertState::kFiring;
  alert.fired_at = kStart;
  ASSERT_THAT(Save(alert), IsOk());
  ASSERT_EQ(Load().alerts.size(), 1U);
  EXPECT_EQ(Load().alerts[0].alert.state, AlertState::kFiring);
  const rules::AlertChange forgotten{
      .rule = "f;g;Busy", .labels = alert.labels, .alert = nullptr, .is_transition = true};
  ASSERT_THAT(Store().Save("f;g", kStart, {&forgotten, 1}), IsOk());
  EXPECT_THAT(Load().alerts, IsEmpty());
  EXPECT_THAT(Journal(), ElementsAre(1, 2, -1));
}

TEST_F(AlertStoreTest, DeletesGroups) {
  const ActiveAlert alert = MakeAlert(AlertState::kPending);
  ASSERT_THAT(Save(alert), IsOk());
  EXPECT_EQ(Load().alerts.at(0).alert.sent, std::nullopt);
  ASSERT_THAT(Store().Save("f;other", kStart, {}), IsOk());
  const rules::AlertChange forgotten{
      .rule = "f;g;Busy", .labels = alert.labels, .alert = nullptr, .is_transition = true};
  const std::string group = "f;g";
  ASSERT_THAT(Store().DeleteGroups({&group, 1}, kStart, {&forgotten, 1}), IsOk());
  EXPECT_THAT(Load().alerts, IsEmpty());
  EXPECT_THAT(Load().groups, ElementsAre(Pair("f;other", kStart)));
  EXPECT_THAT(Journal(), ElementsAre(1, -1));
}

TEST_F(AlertStoreTest, WritesOnlyTransitionsIntoTheJournal) {
  ASSERT_THAT(Save(MakeAlert(AlertState::kPending)), IsOk());
  ASSERT_THAT(Save(MakeAlert(AlertState::kPending), false), IsOk());
  EXPECT_THAT(Journal(), ElementsAre(1));
}

TEST_F(AlertStoreTest, LimitsTheJournal) {
  ASSERT_THAT(Save(MakeAlert(AlertState::kPending)), IsOk());
  ASSERT_THAT(database_->Run("UPDATE alert_journal SET id = -?1", {kJournalLength}), IsOk());
  ASSERT_THAT(database_->Run("INSERT INTO alert_journal (id, time, rule, labels, state) "
                             "VALUES (0, 0, 'f', x'', 0)"),
              IsOk());
  ASSERT_THAT(Save(MakeAlert(AlertState::kPending)), IsOk());
  EXPECT_THAT(Journal(), ElementsAre(0, 1)) << "the oldest is gone";
}

TEST_F(AlertStoreTest, LogsAndDeletesDamagedRows) {
  ActiveAlert whole = MakeAlert(AlertState::kPending);
  whole.labels = Labels{{"alertname", "Whole"}};
  ActiveAlert alert = MakeAlert(AlertState::kFiring);
  ASSERT_THAT(Save(alert), IsOk()) << "firing, but without fired_at";
  ASSERT_THAT(Save(whole), IsOk());
  testing::internal::CaptureStderr();
  EXPECT_EQ(Load().alerts.size(), 1U);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("saved alerts are damaged"), HasSubstr("alerts=1"),
                    HasSubstr("deleted=yes")));
  int rows = 0;
  ASSERT_THAT(database_->Query("SELECT 1 FROM alert", {}, [&](const Row&) { ++rows; }), IsOk());
  EXPECT_EQ(rows, 1);
  testing::internal::CaptureStderr();
  Load();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_THAT(database_->Run("DELETE FROM alert"), IsOk());
  alert.fired_at = kStart;
  for (const char* damage : {"labels = x'39393a61'", "annotations = 'x'", "state = 9"}) {
    ASSERT_THAT(Save(alert), IsOk());
    ASSERT_EQ(Load().alerts.size(), 1U);
    ASSERT_THAT(database_->Run(std::string("UPDATE alert SET ") + damage), IsOk());
    EXPECT_THAT(Load().alerts, IsEmpty()) << damage;
    rows = 0;
    ASSERT_THAT(database_->Query("SELECT 1 FROM alert", {}, [&](const Row&) { ++rows; }), IsOk());
    EXPECT_EQ(rows, 0) << damage;
  }
}

TEST_F(AlertStoreTest, ForgetsWhatCouldNotBeLoaded) {
  const ActiveAlert before = MakeAlert(AlertState::kPending);
  ASSERT_THAT(Save(before), IsOk());
  ASSERT_THAT(database_->Run("ALTER TABLE alert RENAME TO hidden"), IsOk());
  EXPECT_THAT(Store().Load(), HasMessage(HasSubstr("no such table")));
  ASSERT_THAT(database_->Run("ALTER TABLE hidden RENAME TO alert"), IsOk());
  ActiveAlert after = MakeAlert(AlertState::kPending);
  after.labels = Labels{{"alertname", "After"}};
  ASSERT_THAT(Save(after), IsOk());
  ASSERT_EQ(Load().alerts.size(), 1U);
  EXPECT_EQ(Load().alerts[0].alert.labels, after.labels);
  ASSERT_THAT(Save(before), IsOk());
  EXPECT_EQ(Load().alerts.size(), 2U) << "only once";
}

TEST_F(AlertStoreTest, KeepsWhatTwoThreadsSaveWhenNothingCouldBeLoaded) {
  for (int round = 0; round < 100; ++round) {
    ASSERT_THAT(database_->Run("ALTER TABLE alert RENAME TO hidden"), IsOk());
    EXPECT_FALSE(Store().Load());
    ASSERT_THAT(database_->Run("ALTER TABLE hidden RENAME TO alert"), IsOk());
    std::barrier begin(2);
    const auto save = [&](const std::string& name) {
      ActiveAlert alert = MakeAlert(AlertState::kPending);
      alert.labels = Labels{{"alertname", name}};
      begin.arrive_and_wait();
      EXPECT_THAT(Save(alert), IsOk());
    };
    {
      const std::jthread one([&] { save("One"); });
      const std::jthread other([&] { save("Other"); });
    }
    ASSERT_EQ(Load().alerts.size(), 2U) << "round " << round;
  }
}

TEST_F(AlertStoreTest, KeepsWhatASecondTryLoads) {
  ASSERT_THAT(Save(MakeAlert(AlertState::kPending)), IsOk());
  ASSERT_THAT(database_->Run("ALTER TABLE alert RENAME TO hidden"), IsOk());
  EXPECT_THAT(Store().Load(), HasMessage(HasSubstr("no such table")));
  ASSERT_THAT(database_->Run("ALTER TABLE hidden RENAME TO alert"), IsOk());
  EXPECT_EQ(Load().alerts.size(), 1U);
  ASSERT_THAT(Store().Save("f;g", kStart, {}), IsOk());
  EXPECT_EQ(Load().alerts.size(), 1U);
}

}  // namespace
}  // namespace hakem::state
