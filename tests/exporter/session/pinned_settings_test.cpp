#include "exporter/session/pinned_settings.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace hakem::exporter {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> NamesFor(int version, bool optional = true) {
  std::vector<std::string> names;
  for (const Pin& pin : PinsFor(version, {}, "none", optional)) {
    names.push_back(pin.name);
  }
  return names;
}

TEST(PinnedSettings, AreThoseThatTheVersionHas) {
  EXPECT_THAT(NamesFor(130016), Not(Contains("idle_session_timeout")));
  EXPECT_THAT(NamesFor(140000), Contains("idle_session_timeout"));
  EXPECT_THAT(NamesFor(160004), Not(Contains("transaction_timeout")));
  EXPECT_THAT(NamesFor(180000), Contains("transaction_timeout"));
  EXPECT_THAT(NamesFor(150004), Contains("extra_float_digits"));
}

TEST(PinnedSettings, RespectTheMinorVersionsThatASettingWasAddedTo) {
  const std::string restrict_kind = "restrict_nonsystem_relation_kind";
  for (const int version : {130016, 130020, 140013, 150008, 150018, 160004, 170000, 180001}) {
    EXPECT_THAT(NamesFor(version), Contains(restrict_kind)) << version;
  }
  for (const int version : {130015, 140012, 150007, 160003}) {
    EXPECT_THAT(NamesFor(version), Not(Contains(restrict_kind))) << version;
  }
}

TEST(PinnedSettings, LeaveOutWhatAServerMayRefuse) {
  EXPECT_THAT(NamesFor(150004), Contains("client_connection_check_interval"));
  EXPECT_THAT(NamesFor(150004, false), Not(Contains("client_connection_check_interval")));
}

TEST(PinnedSettings, OccurOnlyOnce) {
  const auto names = NamesFor(180000);
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
}

TEST(PinnedSettings, AreNamedWhenTheyWereChanged) {
  const std::vector<Pin> pins{{"role", "none"}, {"DateStyle", "ISO, MDY"}, {"jit", "off"}};
  EXPECT_EQ(ChangedPins(pins, "none\x1fISO, MDY\x1foff", "none\x1fISO, MDY\x1foff"), "");
  EXPECT_EQ(ChangedPins(pins, "none\x1fISO, MDY\x1foff", "none\x1fGerman\x1fon"), "DateStyle, jit");
  EXPECT_EQ(ChangedPins(pins, "none\x1fISO, MDY\x1foff", ""), "role, DateStyle, jit");
}

TEST(PinnedSettings, AreSetByStatementsThatNoSearchPathCanRedirect) {
  const std::vector<Pin> pins{{"DateStyle", "ISO"}};
  EXPECT_EQ(PrepareApplyPins(pins),
            "PREPARE hakem_pins AS SELECT pg_catalog.concat_ws(pg_catalog.chr(31), "
            "pg_catalog.set_config('DateStyle', 'ISO', false))");
  EXPECT_EQ(PrepareReadPins(pins),
            "PREPARE hakem_look AS SELECT pg_catalog.concat_ws(pg_catalog.chr(31), "
            "pg_catalog.current_setting('DateStyle'))");
}

TEST(PinnedSettings, SetTheLimitsByUnpreparedStatements) {
  const std::string sql = LimitsSql({.statement = std::chrono::seconds(30)});
  EXPECT_THAT(sql, HasSubstr("SET statement_timeout = 30000;"));
  EXPECT_EQ(static_cast<std::size_t>(std::count(sql.begin(), sql.end(), ';')) + 1,
            kLimitStatements);
}

}  // namespace
}  // namespace hakem::exporter
