#include "tests/support/collection/test_collectors.h"

#include <utility>

namespace hakem::exporter {
namespace {

using namespace collectors;  // NOLINT(google-build-using-namespace): only tables below.

constexpr SqlValue kFirst[] = {{"value", {"first_value", MetricType::kGauge, "First.", {}}}};
constexpr SqlValue kSecond[] = {{"value", {"second_value", MetricType::kGauge, "Second.", {}}}};
constexpr SqlValue kThird[] = {{"value", {"third_value", MetricType::kGauge, "Third.", {}}}};
constexpr SqlValue kSlow[] = {{"value", {"slow_value", MetricType::kGauge, "Slow.", {}}}};

constexpr SqlValue kTables[] = {{"value", {"tables_value", MetricType::kGauge, "Tables.", {}}}};

constexpr SqlQuery kFirstQuery[] = {{.sql = "SELECT first", .values = kFirst}};
constexpr SqlQuery kSecondQuery[] = {{.sql = "SELECT second", .values = kSecond}};
constexpr SqlQuery kThirdQuery[] = {{.sql = "SELECT third", .values = kThird}};
constexpr SqlQuery kSlowQuery[] = {{.sql = "SELECT slow", .values = kSlow}};
constexpr SqlQuery kTablesQuery[] = {{.sql = "SELECT tables", .values = kTables}};

constexpr auto kFirstFamilies = FamiliesOf(kFirst);
constexpr auto kSecondFamilies = FamiliesOf(kSecond);
constexpr auto kThirdFamilies = FamiliesOf(kThird);
constexpr auto kSlowFamilies = FamiliesOf(kSlow);
constexpr auto kTablesFamilies = FamiliesOf(kTables);

}  // namespace

constinit const CollectorSpec kFirstCollector{
    .name = "first",
    .help = "First.",
    .enabled_by_default = true,
    .lane = collectors::Lane::kFast,
    .families = kFirstFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kFirstQuery); }};

constinit const CollectorSpec kSecondCollector{
    .name = "second",
    .help = "Second.",
    .enabled_by_default = true,
    .lane = collectors::Lane::kFast,
    .families = kSecondFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kSecondQuery); }};

constinit const CollectorSpec kThirdCollector{
    .name = "third",
    .help = "Third.",
    .enabled_by_default = false,
    .lane = collectors::Lane::kFast,
    .requirements = {.extension = "pg_buffercache"},
    .families = kThirdFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kThirdQuery); }};

constinit const CollectorSpec kSlowCollector{
    .name = "slow",
    .help = "Slow.",
    .enabled_by_default = true,
    .lane = collectors::Lane::kSlow,
    .families = kSlowFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kSlowQuery); }};

constinit const CollectorSpec kTablesCollector{
    .name = "tables",
    .help = "Tables.",
    .enabled_by_default = true,
    .lane = collectors::Lane::kSlow,
    .scope = collectors::Scope::kDatabase,
    .families = kTablesFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kTablesQuery); }};

Rows OneValue(std::string value) {
  return {{"value"}, {std::move(value)}};
}

}  // namespace hakem::exporter
