// Types with methods can be added without changing the engine: those of Alertmanager's
// notifications, in short.

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <string>

#include "gotemplate/functions/builtins.h"
#include "gotemplate/template.h"
#include "gotemplate/values/time_types.h"
#include "tests/support/matchers.h"

namespace hakem::gotemplate {
namespace {

using ::testing::HasSubstr;
using Arguments = std::span<const Value>;

extern const Type kKvType;
extern const Type kAlertsType;
constexpr Type kPairType{"template.Pair", Kind::kStruct};
constexpr Type kPairsType{"template.Pairs", Kind::kSlice, &kPairType};
constexpr Type kAlertType{"template.Alert", Kind::kStruct};
constexpr Type kDataType{"*template.Data", Kind::kPointer, &kPairType};

Result<Value> SortedPairs(CallContext& /*context*/, Arguments arguments) {
  Value::List pairs;
  for (const auto& [name, value] : arguments[0].entries()) {
    pairs.push_back(Value::OfStruct({{"Name", Value::OfText(name)}, {"Value", value}}, kPairType));
  }
  std::stable_partition(pairs.begin(), pairs.end(),
                        [](const Value& pair) { return pair.Find("Name")->text() == "alertname"; });
  return Value::OfList(std::move(pairs), kPairsType);
}

Result<Value> Remove(CallContext& /*context*/, Arguments arguments) {
  std::set<std::string_view> removed;
  for (const Value& name : arguments[1].list()) {
    removed.insert(name.text());
  }
  Value::Entries kept;
  for (const Value::Entry& entry : arguments[0].entries()) {
    if (!removed.contains(entry.first)) {
      kept.push_back(entry);
    }
  }
  return Value::OfMap(std::move(kept), kKvType);
}

Result<Value> Names(CallContext& /*context*/, Arguments arguments) {
  Value::List names;
  for (const Value::Entry& entry : arguments[0].entries()) {
    names.push_back(Value::OfText(entry.first));
  }
  return Value::OfList(std::move(names), kStringListType);
}

template <bool kFiring>
Result<Value> WithStatus(CallContext& /*context*/, Arguments arguments) {
  Value::List chosen;
  for (const Value& alert : arguments[0].list()) {
    if ((alert.Find("Status")->text() == "firing") == kFiring) {
      chosen.push_back(alert);
    }
  }
  return Value::OfList(std::move(chosen), kAlertsType);
}

Result<Value> MakeStrings(CallContext& /*context*/, Arguments arguments) {
  return Value::OfList({arguments.begin(), arguments.end()}, kStringListType);
}

Result<Value> CountStrings(CallContext& /*context*/, Arguments arguments) {
  return Value::OfInt(static_cast<std::int64_t>(arguments[0].entries().size()));
}

constexpr const Type* kStrings[] = {&kStringListType};
constexpr const Type* kText[] = {&kStringType};
constexpr const Type* kMap[] = {&kStringMapType};
constexpr Function kKvMethods[] = {{"Names", {}, false, Names},
                                   {"Remove", kStrings, false, Remove},
                                   {"SortedPairs", {}, false, SortedPairs}};
constexpr Function kAlertsMethods[] = {{"Firing", {}, false, WithStatus<true>},
                                       {"Resolved", {}, false, WithStatus<false>}};
constexpr Function kTable[] = {{"stringSlice", kText, true, MakeStrings},
                               {"countLabels", kMap, false, CountStrings}};

constinit const Type kKvType{.name = "template.KV",
                             .kind = Kind::kMap,
                             .element = &kStringType,
                             .methods = kKvMethods,
                             .to_string = nullptr,
                             .underlying = &kStringMapType};
constinit const Type kAlertsType{"template.Alerts", Kind::kSlice, &kAlertType, kAlertsMethods};

Value Alert(std::string_view status, const Labels& labels) {
  return Value::OfStruct(
      {{"Status", Value::OfText(std::string(status))},
       {"Labels", Value::OfLabels(labels, kKvType)},
       {"StartsAt", Value::OfTime({.seconds = 1435065584, .nanoseconds = 5'000'000}, kTimeType)},
       {"EndsAt", Value::OfTime(kZeroTime, kTimeType)}},
      kAlertType);
}

std::string Expanded(std::string_view source) {
  const Result<Template> parsed = Template::Parse(source, {.functions = {kTable}});
  if (!parsed) {
    return "error: " + parsed.error().message;
  }
  const Value alerts = Value::OfList({Alert("firing", Labels{{"alertname", "Down"}, {"a", "1"}}),
                                      Alert("resolved", Labels{{"alertname", "Slow"}})},
                                     kAlertsType);
  const Value data = Value::OfStruct({{"Alerts", alerts},
                                      {"Count", Value::OfFunction(kTable[1])},
                                      {"Wait", Value::OfInt(5'400'000'000'000, kDurationType)}},
                                     kDataType);
  const Result<std::string> expanded = parsed->Expand(data, {.name = "t"});
  return expanded ? *expanded : expanded.error().message;
}

TEST(Types, HaveMethodsOnLists) {
  EXPECT_EQ(Expanded("{{ .Alerts.Firing | len }} of {{ len .Alerts }}: "
                     "{{ range .Alerts.Resolved }}{{ .Labels.alertname }}{{ end }}"),
            "1 of 2: Slow");
}

TEST(Types, HaveMethodsOnMapsWithArgumentsBehindThemOrFromThePipeline) {
  EXPECT_EQ(Expanded("{{ with index .Alerts 0 }}{{ range .Labels.SortedPairs }}{{ .Name }}={{ "
                     ".Value }} {{ end }}{{ .Labels.Names }}{{ end }}"),
            "alertname=Down a=1 [a alertname]");
  EXPECT_EQ(Expanded("{{ (index .Alerts 0).Labels.Remove (stringSlice \"a\" \"b\") }}"),
            "map[alertname:Down]");
  EXPECT_EQ(Expanded("{{ stringSlice \"alertname\" | (index .Alerts 0).Labels.Remove }}"),
            "map[a:1]");
}

TEST(Types, CheckTheArgumentsOfMethods) {
  EXPECT_THAT(Expanded("{{ (index .Alerts 0).Labels.Remove }}"),
              HasSubstr("wrong number of args for Remove: want 1 got 0"));
  EXPECT_THAT(Expanded("{{ (index .Alerts 0).Labels.Remove \"a\" }}"),
              HasSubstr("can't handle \"a\" for arg of type []string"));
  EXPECT_THAT(Expanded("{{ (index .Alerts 0).Labels.Remove .Alerts }}"),
              HasSubstr("wrong type for value; expected []string; got template.Alerts"));
  EXPECT_THAT(Expanded("{{ .Alerts.Missing }}"),
              HasSubstr("can't evaluate field Missing in type template.Alerts"));
}

TEST(Types, AMapIsStillItsEntries) {
  EXPECT_EQ(Expanded("{{ (index .Alerts 0).Labels.a }}{{ (index .Alerts 0).Labels.Missing }}"),
            "1");
}

TEST(Types, ANamedTypeCanBePassedForWhatItNames) {
  EXPECT_EQ(Expanded("{{ countLabels (index .Alerts 0).Labels }}"), "2");
}

TEST(Types, AFunctionIsAValueThatCallCalls) {
  EXPECT_EQ(Expanded("{{ call .Count (index .Alerts 0).Labels }}"), "2");
  EXPECT_THAT(Expanded("{{ .Count }}"), HasSubstr("can't print .Count of type func"));
  EXPECT_THAT(Expanded("{{ call .Count 5 }}"),
              HasSubstr("error calling call: arg 0: value has type int; should be "
                        "map[string]string"));
  EXPECT_THAT(Expanded("{{ call .Count }}"),
              HasSubstr("wrong number of args for .Count: got 0 want 1"));
}

TEST(Types, FunctionsThatEvaluateTheirArgumentsThemselvesAreNoValues) {
  for (const std::string_view name : {"and", "or", "call"}) {
    const auto found =
        std::find_if(Builtins().begin(), Builtins().end(),
                     [&](const Function& function) { return function.name == name; });
    ASSERT_NE(found, Builtins().end());
    EXPECT_DEATH(Value::OfFunction(*found), "check failed");
  }
}

TEST(Types, TimesAndDurationsHaveGosMethods) {
  EXPECT_EQ(Expanded("{{ with index .Alerts 0 }}{{ .StartsAt }}|{{ .StartsAt.Format "
                     "\"2006-01-02T15:04:05.000Z07:00\" }}|{{ .EndsAt }}|{{ .EndsAt.IsZero }}|{{ "
                     ".StartsAt.Add $.Wait }}{{ end }}|{{ .Wait }}|{{ .Wait.Hours }}"),
            "2015-06-23 13:19:44.005 +0000 UTC|2015-06-23T13:19:44.005Z|0001-01-01 00:00:00 +0000 "
            "UTC|true|2015-06-23 14:49:44.005 +0000 UTC|1h30m0s|1.5");
}

TEST(Types, AreNamedInMessagesAndByPrintf) {
  EXPECT_EQ(Expanded("{{ printf \"%T %T %T\" .Alerts (index .Alerts 0).Labels .Wait }}"),
            "template.Alerts template.KV time.Duration");
}

}  // namespace
}  // namespace hakem::gotemplate
