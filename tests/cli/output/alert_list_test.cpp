#include "cli/output/alert_list.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/matchers.h"

namespace hakem::cli {
namespace {

using rules::ActiveAlert;
using rules::AlertState;

constexpr const char* kAnswer =
    R"({"status":"success","data":{"alerts":[)"
    R"({"labels":{"alertname":"Slow","game":"hokm"},"annotations":{"summary":"Games take long."},)"
    R"("state":"pending","activeAt":"2026-11-22T21:14:12.345Z","value":"1.5e+00"},)"
    R"({"labels":{"alertname":"Full"},"annotations":{},)"
    R"("state":"firing","activeAt":"2026-11-22T21:00:00Z","value":"+Inf"}]}})";

TEST(AlertListTest, ReadsTheAnswerOfTheApi) {
  const auto alerts = ReadAlerts(kAnswer);
  ASSERT_THAT(alerts, IsOk());
  ASSERT_EQ(alerts->size(), 2U);
  const ActiveAlert& slow = alerts->front();
  EXPECT_EQ(slow.labels, (Labels{{"alertname", "Slow"}, {"game", "hokm"}}));
  EXPECT_EQ(slow.annotations, (rules::Annotations{{"summary", "Games take long."}}));
  EXPECT_EQ(slow.state, AlertState::kPending);
  EXPECT_EQ(FormatRfc3339(slow.active_at), "2026-11-22T21:14:12.345Z");
  EXPECT_EQ(slow.value, 1.5);
  EXPECT_EQ(alerts->back().state, AlertState::kFiring);
  EXPECT_TRUE(std::isinf(alerts->back().value));
}

TEST(AlertListTest, ListsFiringAlertsFirst) {
  EXPECT_EQ(FormatAlerts(*ReadAlerts(kAnswer)),
            "firing   Full                 since 2026-11-22T21:00:00Z  value +Inf  \n"
            "pending  Slow                 since 2026-11-22T21:14:12.345Z  value 1.5  "
            "game=\"hokm\"\n"
            "         Games take long.\n");
}

TEST(AlertListTest, IndentsEveryLineOfASummary) {
  ActiveAlert alert;
  alert.annotations["summary"] = "one\nfiring   Fake";
  EXPECT_THAT(FormatAlerts({alert}), testing::EndsWith("\n         one\n         firing   Fake\n"));
}

TEST(AlertListTest, SaysThatThereAreNoAlerts) {
  EXPECT_EQ(FormatAlerts({}), "no alerts\n");
}

TEST(AlertListTest, RefusesAnotherAnswer) {
  for (const char* answer : {"<html>", "{}", R"({"data":{"alerts":[{}]}})",
                             R"({"data":{"alerts":[{"labels":{},"annotations":{},"state":"firing",)"
                             R"("activeAt":"yesterday","value":"1"}]}})"}) {
    EXPECT_THAT(ReadAlerts(answer), HasCode(ErrorCode::kUnavailable)) << answer;
  }
}

}  // namespace
}  // namespace hakem::cli
