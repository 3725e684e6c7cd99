#include "state/notification_log.h"

#include <gmock/gmock.h>

#include <limits>
#include <memory>

#include "state/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace hakem::state {
namespace {

using alertmanager::IncidentId;
using alertmanager::Notified;
using alertmanager::NotifiedIncidents;
using std::chrono::milliseconds;
using testing::IsEmpty;

constexpr Timestamp kStart{milliseconds(1'767'225'600'123)};

class NotificationLogTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Database::Open({.path = "", .migrations = kMainMigrations},
                                 {.clock = clock_, .log = Log::Silent().For("state")});
    ASSERT_THAT(opened, IsOk());
    database_ = std::move(*opened);
  }

  Result<void> Save(const NotifiedIncidents& firing, std::span<const IncidentId> ended = {}) {
    return NotificationLog(*database_).Save("ops", "slack", firing, ended);
  }

  NotifiedIncidents Load(std::string_view receiver = "ops",
                         std::string_view integration = "slack") {
    auto loaded = NotificationLog(*database_).Load(receiver, integration);
    EXPECT_THAT(loaded, IsOk());
    return loaded.value_or(NotifiedIncidents());
  }

  FakeClock clock_;
  std::unique_ptr<Database> database_;
};

TEST_F(NotificationLogTest, ReturnsWhatAChannelWasNotifiedOf) {
  const NotifiedIncidents firing{
      {{7, kStart}, Notified::kDelivered},
      {{std::numeric_limits<std::uint64_t>::max(), kStart}, Notified::kRefused}};
  ASSERT_THAT(Save(firing), IsOk());
  EXPECT_EQ(Load(), firing);
  EXPECT_THAT(Load("ops", "email"), IsEmpty());
  EXPECT_THAT(Load("other", "slack"), IsEmpty());
}

TEST_F(NotificationLogTest, ForgetsIncidentsThatEnded) {
  ASSERT_THAT(Save({{{7, kStart}, Notified::kDelivered}, {{8, kStart}, Notified::kDelivered}}),
              IsOk());
  const IncidentId ended[] = {{7, kStart}, {8, kStart + milliseconds(1)}};
  ASSERT_THAT(Save({}, ended), IsOk());
  EXPECT_EQ(Load(), (NotifiedIncidents{{{8, kStart}, Notified::kDelivered}}))
      << "another incident of that alert";
}

TEST_F(NotificationLogTest, ReplacesTheIncidentOfAnAlert) {
  ASSERT_THAT(Save({{{7, kStart}, Notified::kRefused}}), IsOk());
  const NotifiedIncidents next{{{7, kStart + milliseconds(1)}, Notified::kDelivered}};
  ASSERT_THAT(Save(next), IsOk());
  EXPECT_EQ(Load(), next);
}

}  // namespace
}  // namespace hakem::state
