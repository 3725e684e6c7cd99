#include "state/notification_log.h"

#include <gmock/gmock.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "state/migrations.h"
#include "tests/support/alerting/alerts.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace hakem::state {
namespace {

using alertmanager::IncidentId;
using alertmanager::NotifiedIncident;
using alertmanager::Outcome;
using testing::IsEmpty;
using testing::SizeIs;

class NotificationLogTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Database::Open({.path = "", .migrations = kMainMigrations},
                                 {.clock = clock_, .log = Log::Silent().For("state")});
    ASSERT_THAT(opened, IsOk());
    database_ = std::move(*opened);
  }

  Result<void> Save(const std::vector<NotifiedIncident>& firing,
                    const std::vector<IncidentId>& ended = {}) {
    return NotificationLog(*database_).Save("ops", "slack", firing, ended);
  }

  std::vector<NotifiedIncident> Load(std::string_view receiver = "ops",
                                     std::string_view integration = "slack") {
    auto loaded = NotificationLog(*database_).Load(receiver, integration);
    EXPECT_THAT(loaded, IsOk());
    return loaded.value_or(std::vector<NotifiedIncident>());
  }

  FakeClock clock_;
  std::unique_ptr<Database> database_;
  const Alert many_ = FiringAlert("Many");
  const Alert low_ = FiringAlert("Low");
};

TEST_F(NotificationLogTest, ReturnsWhatAChannelWasNotifiedOf) {
  for (const Outcome outcome : {Outcome::kWaiting, Outcome::kRefused, Outcome::kDelivered}) {
    ASSERT_THAT(Save({{many_, outcome}}), IsOk());
    ASSERT_THAT(Load(), SizeIs(1));
    const auto [alert, loaded] = Load().front();
    EXPECT_EQ(alert.labels, many_.labels);
    EXPECT_EQ(alert.annotations, many_.annotations);
    EXPECT_EQ(alert.starts_at, many_.starts_at);
    EXPECT_TRUE(alert.firing());
    EXPECT_EQ(alert.generator_url, many_.generator_url);
    EXPECT_EQ(alert.value, many_.value);
    EXPECT_EQ(loaded, outcome);
  }
  EXPECT_THAT(Load("ops", "email"), IsEmpty());
  EXPECT_THAT(Load("other", "slack"), IsEmpty());
}

TEST_F(NotificationLogTest, KeepsAValueThatIsNoNumber) {
  Alert alert = many_;
  alert.value = std::nan("");
  ASSERT_THAT(Save({{alert, Outcome::kDelivered}}), IsOk());
  ASSERT_THAT(Load(), SizeIs(1));
  EXPECT_TRUE(std::isnan(Load()[0].alert.value));
}

TEST_F(NotificationLogTest, ForgetsIncidentsThatEnded) {
  ASSERT_THAT(Save({{many_, Outcome::kDelivered}, {low_, Outcome::kDelivered}}), IsOk());
  ASSERT_THAT(Save({}, {IncidentId::Of(many_), IncidentId::Of(FiringAlert("Low", 1))}), IsOk());
  ASSERT_THAT(Load(), SizeIs(1)) << "another incident of Low has ended";
  EXPECT_EQ(Load()[0].alert.labels, low_.labels);
}

TEST_F(NotificationLogTest, ReplacesTheIncidentOfAnAlert) {
  ASSERT_THAT(Save({{many_, Outcome::kRefused}}), IsOk());
  ASSERT_THAT(Save({{FiringAlert("Many", 1), Outcome::kDelivered}}), IsOk());
  ASSERT_THAT(Load(), SizeIs(1));
  EXPECT_EQ(Load()[0].alert.starts_at, At(1));
}

TEST_F(NotificationLogTest, LeavesOutDamagedRows) {
  for (const char* const damage :
       {"labels = x'39393a61'", "labels = x''", "annotations = 'x'", "outcome = 9"}) {
    ASSERT_THAT(Save({{many_, Outcome::kDelivered}}), IsOk());
    ASSERT_THAT(Load(), SizeIs(1));
    ASSERT_THAT(database_->Run(std::string("UPDATE notified SET ") + damage), IsOk());
    EXPECT_THAT(Load(), IsEmpty()) << damage;
  }
}

}  // namespace
}  // namespace hakem::state
