// A hakem.db with two migrations, as versions between 0.1.0 and this one wrote it: alerts have
// fewer columns, and there is no table of what receivers were notified of.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "state/alert_store.h"
#include "state/migrations.h"
#include "state/notification_log.h"
#include "tests/support/alerting/alerts.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/scratch_folder.h"

namespace hakem::state {
namespace {

using testing::SizeIs;

/// A copy of what those versions ran: it may not follow a change of ours.
constexpr std::array<std::string_view, 2> kMigrations{
    "CREATE TABLE game (name TEXT PRIMARY KEY, saved_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE game_record (game TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY (game, key)) WITHOUT ROWID",
    "CREATE TABLE alert (rule TEXT NOT NULL, labels BLOB NOT NULL, annotations BLOB NOT NULL,"
    " value REAL, state INTEGER NOT NULL, active_at INTEGER NOT NULL, fired_at INTEGER,"
    " keep_firing_since INTEGER, resolved_at INTEGER, PRIMARY KEY (rule, labels)) WITHOUT ROWID;"
    "CREATE TABLE alert_group (name TEXT PRIMARY KEY, evaluated_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE alert_journal (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, rule TEXT NOT NULL,"
    " labels BLOB NOT NULL, state INTEGER, value REAL)"};

class UnreleasedVersionTest : public testing::Test {
 protected:
  std::unique_ptr<Database> Open(std::span<const std::string_view> migrations) const {
    auto opened = Database::Open({.path = folder_ / "hakem.db", .migrations = migrations},
                                 {.clock = clock_, .log = Log::Silent().For("state")});
    EXPECT_THAT(opened, IsOk());
    return opened ? *std::move(opened) : nullptr;
  }

  /// Writes an alert that fires as those versions did, and opens the file as this one does.
  std::unique_ptr<Database> OpenWithAnAlert() const {
    const auto written = Open(kMigrations)
                             ->Run(
                                 "INSERT INTO alert VALUES ('f;g;Busy', CAST('9:alertname4:Busy' "
                                 "AS BLOB), x'', 250.5, 2, "
                                 "1000, 2000, NULL, NULL)");
    EXPECT_THAT(written, IsOk());
    return Open(kMainMigrations);
  }

  const ScratchFolder folder_;
  FakeClock clock_;
};

TEST_F(UnreleasedVersionTest, LeavesItsAlertsToThisOne) {
  const auto database = OpenWithAnAlert();
  ASSERT_NE(database, nullptr);
  AlertStore store(*database, Log::Silent().For("state"));
  const auto stored = store.Load();
  ASSERT_THAT(stored, IsOk());
  ASSERT_THAT(stored->alerts, SizeIs(1));
  rules::ActiveAlert alert = stored->alerts[0].alert;
  EXPECT_EQ(alert.labels, (Labels{{"alertname", "Busy"}}));
  EXPECT_EQ(alert.state, rules::AlertState::kFiring);
  EXPECT_EQ(alert.fired_at, Timestamp(Duration(2000)));
  EXPECT_EQ(alert.kept_until, std::nullopt);
  EXPECT_EQ(alert.sent, std::nullopt);
  alert.kept_until = Timestamp(Duration(3000));
  const rules::AlertChange change{
      .rule = "f;g;Busy", .labels = alert.labels, .alert = &alert, .is_transition = true};
  ASSERT_THAT(store.Save("f;g", Timestamp(Duration(2500)), {&change, 1}), IsOk());
  EXPECT_EQ(store.Load()->alerts.at(0).alert.kept_until, alert.kept_until);
}

TEST_F(UnreleasedVersionTest, CanSaveWhatReceiversWereNotifiedOf) {
  const auto database = OpenWithAnAlert();
  ASSERT_NE(database, nullptr);
  NotificationLog log(*database);
  EXPECT_THAT(log.Load("ops", "slack"), IsOkAndHolds(SizeIs(0)));
  const alertmanager::NotifiedIncident incident{.alert = FiringAlert("Busy")};
  ASSERT_THAT(log.Save("ops", "slack", {&incident, 1}, {}), IsOk());
  EXPECT_THAT(log.Load("ops", "slack"), IsOkAndHolds(SizeIs(1)));
}

}  // namespace
}  // namespace hakem::state
