// Hostile templates end early, with one clear error.

#include "gotemplate/limits/limits.h"

#include <gmock/gmock.h>
#include <time.h>

#include <chrono>
#include <iostream>
#include <ostream>
#include <random>
#include <string>

#include "gotemplate/functions/prometheus.h"
#include "gotemplate/template.h"
#include "model/deep_thread.h"
#include "model/memory_account.h"
#include "tests/support/matchers.h"
#include "tests/support/painted_stack.h"

namespace hakem::gotemplate {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::size_t kMostMemory = 256'000'000;  // The samples of the query included.
constexpr std::size_t kManySamples = 200'000;
const std::string kLongName(400'000, 'n');

std::string Repeated(std::size_t times, std::string_view text) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) {
    repeated += text;
  }
  return repeated;
}

/// Letters a and b at random, the same on each call.
std::string RandomLetters(std::size_t count) {
  std::mt19937 random(1);
  std::string letters;
  for (std::size_t i = 0; i < count; ++i) {
    letters += (random() & 1U) == 0 ? 'a' : 'b';
  }
  return letters;
}

Result<Template> Parse(const std::string& source) {
  return Template::Parse(source, {.functions = {PrometheusFunctions()}});
}

/// Answers "long values" with 50 samples that have a long label `x`, "long name" with one that has
/// a label of a long name, and anything else with many samples.
Result<std::vector<QuerySample>> Answer(std::string_view query) {
  if (query == "long name") {
    return std::vector<QuerySample>{{.labels = Labels{{kLongName, "b"}}, .value = 1}};
  }
  if (query == "long values") {
    std::vector<QuerySample> samples;
    for (int i = 0; i < 50; ++i) {
      const std::string value = std::string(400'000, 'x') + std::to_string(i * 37 % 50);
      samples.push_back({.labels = Labels{{"x", value}}, .value = 1});
    }
    return samples;
  }
  return std::vector<QuerySample>(kManySamples, {.labels = Labels{{"a", "b"}}, .value = 1});
}

/// Declares so many variables whose names have so many letters: `$aaa0`, `$aaa1`, …
std::string Variables(std::size_t count, std::size_t letters) {
  std::string declared;
  for (std::size_t i = 0; i < count; ++i) {
    declared += "{{ $" + std::string(letters, 'a') + std::to_string(i) + " := 1 }}";
  }
  return declared;
}

Result<std::string> Expand(const std::string& source) {
  const Result<Template> parsed = Parse(source);
  if (!parsed) {
    return Fail(parsed.error());
  }
  const Environment environment{.name = "t", .query = Answer};
  return parsed->Expand(Value::OfFloat(1), environment);
}

struct Hostile {
  std::string name;
  std::string source;
  std::string message;  ///< The end of the error.
};

void PrintTo(const Hostile& hostile, std::ostream* out) {
  *out << hostile.name;
}

class HostileTemplate : public ::testing::TestWithParam<Hostile> {};

/// The processor time that this thread has used.
std::chrono::nanoseconds ThreadTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

#ifdef HAKEM_SANITIZED
constexpr std::chrono::seconds kMaxTime(60);
#else
constexpr std::chrono::seconds kMaxTime(4);
#endif

TEST_P(HostileTemplate, IsRefusedWithOneClearErrorInAShortTime) {
  RunDeep([] {
    const auto begin = ThreadTime();
    EXPECT_THAT(Expand(GetParam().source), HasMessage(EndsWith(GetParam().message)));
    const auto spent = ThreadTime() - begin;
    std::cout << std::chrono::duration_cast<std::chrono::milliseconds>(spent).count() << " ms\n";
    EXPECT_LT(spent, kMaxTime);
  });
}

const std::string kSteps = "the expansion takes more than 1000000 steps";
const std::string kTooLong = "the text is longer than 1048576 bytes";
const std::string kTooDeep = "exceeded maximum template depth (1000)";

INSTANTIATE_TEST_SUITE_P(
    Texts, HostileTemplate,
    ::testing::Values(
        Hostile{"TooLong", std::string(kMaxSourceBytes + 1, 'a'),
                "the template has 1048577 bytes, more than 1048576"},
        Hostile{"TooManyElements", Repeated(60'000, "{{.}}"),
                "the template has more than 100000 elements"},
        Hostile{"TooManyVariables", Repeated(1001, "{{$x := 1}}"), "more than 1000 variables"},
        Hostile{"TooManyParentheses", "{{ " + Repeated(1'000'000, "("),
                "nested more than 100 levels deep"},
        Hostile{"TooManyBlocks", Repeated(100'000, "{{if 1}}"), "nested more than 100 levels deep"},
        Hostile{"Nonsense", Repeated(100'000, "{{|)%$\x01"), "unexpected \"|\" in command"},
        Hostile{"EndlessLoop", "{{ range 9000000000000000000 }}{{ end }}", kSteps},
        Hostile{"NestedLoops",
                "{{ range 10000 }}{{ range 10000 }}{{ range 10000 }}{{ end }}{{ end }}{{ end }}",
                kSteps},
        Hostile{"EndlessRecursion",
                "{{ define \"t\" }}{{ template \"t\" . }}{{ end }}"
                "{{ template \"t\" . }}",
                kTooDeep},
        Hostile{"DeepRecursion",
                "{{ define \"t\" }}" + Repeated(98, "{{ if 1 }}") + "{{ template \"t\" . }}" +
                    Repeated(98, "{{ end }}") + "{{ end }}{{ template \"t\" . }}",
                kTooDeep},
        Hostile{"ExponentialRecursion",
                "{{ define \"a\" }}{{ template \"b\" }}{{ template \"b\" }}{{ end }}"
                "{{ define \"b\" }}{{ template \"c\" }}{{ template \"c\" }}{{ end }}"
                "{{ define \"c\" }}{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}{{ end }}"
                "{{ template \"a\" }}",
                kSteps},
        Hostile{"LongOutput", "{{ range 500000 }}0123456789{{ end }}", kTooLong},
        Hostile{"DoubledText",
                "{{ $x := \"ab\" }}{{ range 40 }}{{ $x = printf \"%s%s\" $x $x }}{{ end }}",
                kTooLong},
        Hostile{"WideField", "{{ printf \"%1000000d%1000000d\" 1 2 }}", kTooLong},
        Hostile{"ManyWideFields", "{{ range 100000 }}{{ $x := printf \"%1000000d\" . }}{{ end }}",
                kSteps},
        Hostile{"PreciseNumbers",
                "{{ range 1000000 }}{{ $x := printf \"%.1000000g\" 0.1 }}{{ end }}", kSteps},
        Hostile{"IndexesWithoutEnd",
                "{{ $x := \"" + Repeated(300'000, "%[%") +
                    "\" }}{{ range 1000 }}{{ $y := printf $x }}{{ end }}",
                kSteps},
        Hostile{"LongNumber",
                "{{ range 1000000 }}{{ if " + std::string(900'000, '0') + "1 }}{{ end }}{{ end }}",
                kSteps},
        Hostile{"RepeatedDefinitions",
                "{{ define \"a\" }}" + std::string(500'000, ' ') + "x{{ end }}" +
                    Repeated(20'000, "{{define \"a\"}}{{end}}") + "{{ | }}",
                "unexpected \"|\" in command"},
        Hostile{"ComparedVariables",
                Variables(9, 100'000) + "{{ range 1000000 }}{{ if $" + std::string(100'000, 'a') +
                    "0 }}{{ end }}{{ end }}",
                kSteps},
        Hostile{"AssignedVariables",
                Variables(9, 100'000) + "{{ range 1000000 }}{{ $" + std::string(100'000, 'a') +
                    "0 = 2 }}{{ end }}",
                kSteps},
        Hostile{"LongFieldName",
                "{{ $s := first (query \"long name\") }}{{ range 1000000 }}{{ if $s.Labels." +
                    kLongName + " }}{{ end }}{{ end }}",
                kSteps},
        Hostile{"LongKeys",
                "{{ $s := first (query \"long name\") }}{{ range 1000000 }}{{ range $s.Labels }}"
                "{{ end }}{{ end }}",
                kSteps},
        Hostile{"LongTemplateName",
                "{{ define \"" + kLongName + "\" }}{{ end }}{{ range 1000000 }}{{ template \"" +
                    kLongName + "\" }}{{ end }}",
                kSteps},
        Hostile{"LargeQueries", "{{ range 10 }}{{ $x := query \"long values\" }}{{ end }}", kSteps},
        Hostile{"SortedLongLabels",
                "{{ $q := query \"long values\" }}{{ range 1000 }}{{ $x := sortByLabel \"x\" $q }}"
                "{{ end }}",
                kSteps},
        Hostile{"TitlesOfManyScripts",
                "{{ $x := \"" + Repeated(300'000, "\u0101 ") +
                    "\" }}{{ range 1000 }}{{ $y := title $x }}{{ end }}",
                kSteps},
        Hostile{"UpperCaseOfManyScripts",
                "{{ $x := \"" + Repeated(200'000, "\U0001E922") +
                    "\" }}{{ range 20 }}{{ $y := toUpper $x }}{{ end }}",
                kSteps},
        Hostile{"EscapedLetters",
                "{{ $x := \"" + Repeated(450'000, "\u0101") +
                    "\" }}{{ range 1000 }}{{ $y := js $x }}{{ end }}",
                kSteps},
        Hostile{"ComparedTexts",
                "{{ $x := printf \"%1000000d\" 1 }}{{ range 1000000 }}{{ if lt $x $x }}{{ end }}"
                "{{ end }}",
                kSteps},
        Hostile{"NestedMaps", "{{ $x := args }}{{ range 1000 }}{{ $x = args $x }}{{ end }}",
                "lists and maps nested more than 100 deep"},
        Hostile{"WideMaps",
                "{{ $x := args 1 }}{{ range 90 }}{{ $x = args $x $x $x }}{{ end }}{{ $x }}",
                kTooLong},
        Hostile{"PrintedMaps",
                "{{ $x := args 1 }}{{ range 90 }}{{ $x = args $x $x $x }}{{ end }}{{ html $x }}",
                kTooLong},
        Hostile{"HugeQuery", "{{ range query \"up\" }}{{ range $ }}{{ end }}{{ end }}",
                "range can't iterate over 1"},
        Hostile{"LoopOverHugeQuery",
                "{{ $q := query \"up\" }}{{ range $q }}{{ range $q }}{{ end }}{{ end }}", kSteps},
        Hostile{"ManyQueries", "{{ range 1000 }}{{ if query \"up\" }}{{ end }}{{ end }}", kSteps},
        Hostile{"LongRegex", "{{ match \"" + std::string(100'000, 'a') + "\" \"a\" }}",
                "the regular expression has 100000 bytes, more than 4096"},
        Hostile{"LargeRegex", "{{ match \"((a{100}){100}){100}\" \"a\" }}",
                "error parsing regexp: invalid repeat count: `{100}`"},
        Hostile{"ManyLargeRegexes",
                "{{ range 100000 }}{{ if match (printf \"(a|b)*c{900}%d\" .) \"a\" }}{{ end }}"
                "{{ end }}",
                kSteps},
        Hostile{"ManyRegexesOfManyScripts",
                "{{ range 100000 }}{{ if match (printf \"\\\\pL{20}%d\" .) \"a\" }}{{ end }}"
                "{{ end }}",
                kSteps},
        Hostile{"ManySlowReplacements",
                "{{ $x := printf \"%04000d\" 0 }}{{ range 100000 }}{{ $y := reReplaceAll "
                "\"0.*1|0\" \"\" $x }}{{ end }}",
                kSteps},
        Hostile{"ExplodingReplacement",
                "{{ $x := \"" + RandomLetters(400'000) +
                    "\" }}{{ reReplaceAll \"[ab]*a[ab]{900}c|d\" \"\" $x }}",
                kSteps},
        Hostile{
            "ExplodingMatch",
            "{{ $x := \"" + RandomLetters(400'000) + "\" }}{{ match \"[ab]*a[ab]{900}c|d\" $x }}",
            kSteps},
        Hostile{"ReplacementWithManyGroups",
                "{{ $x := \"" + RandomLetters(20'000) + "\" }}{{ reReplaceAll \"(?:" +
                    Repeated(400, "(a|b)?") + ")*a[ab]{20}c\" \"\" $x }}",
                kSteps},
        Hostile{"ManyRegexes",
                "{{ range 1000000 }}{{ if match \"(a|b)*c{500}\" \"a\" }}{{ end }}{{ end }}",
                kSteps},
        Hostile{"LongReplacement",
                "{{ $x := printf \"%01000000d\" 0 }}{{ reReplaceAll \"0\" \"$0$0\" $x }}",
                "the replacement takes too long or is too large"},
        Hostile{"SlowReplacement",
                "{{ $x := printf \"%0900000d\" 0 }}{{ reReplaceAll \"0.*1|0\" \"\" $x }}", kSteps},
        Hostile{"LargeReplacement",
                "{{ $x := printf \"%0500000d\" 0 }}{{ reReplaceAll \"0*\" "
                "(reReplaceAll \"0\" \"$$0\" (slice $x 0 400000)) $x }}",
                "the replacement takes too long or is too large"}),
    [](const auto& row) { return row.param.name; });

TEST(Limits, AreFarFromWhatPeopleWrite) {
  RunDeep([] {
    EXPECT_THAT(Expand(Repeated(90, "{{ if 1 }}") + "x" + Repeated(90, "{{ end }}")),
                IsOkAndHolds("x"));
    EXPECT_THAT(Expand("{{ " + Repeated(90, "(") + "1" + Repeated(90, ")") + " }}"),
                IsOkAndHolds("1"));
    EXPECT_THAT(Expand("{{ if 0 }}" + Repeated(10'000, "{{ else if 0 }}") + "{{ else }}y{{ end }}"),
                IsOkAndHolds("y"));
    EXPECT_THAT(Expand("{{ range 100000 }}{{ end }}z"), IsOkAndHolds("z"));
    EXPECT_THAT(Expand(std::string(kMaxSourceBytes - 5, 'a') + "{{1}}"), IsOk());
    EXPECT_THAT(Expand("{{ query \"up\" | len }}"), IsOkAndHolds("200000"));
  });
}

TEST(Limits, BoundTheMemoryThatAnExpansionHolds) {
  const std::vector<std::string> largest{
      "{{ $a := query \"up\" }}{{ $b := query \"up\" }}{{ len $a }}",
      "{{ $a := query \"long values\" }}{{ $b := query \"long values\" }}{{ len $a }}",
      "{{ define \"t\" }}{{ $x := printf \"%1000000d\" 1 }}{{ template \"t\" $x }}{{ end }}"
      "{{ template \"t\" 1 }}"};
  for (const std::string& source : largest) {
    RunDeep([&] {
      MemoryBudget budget(0);
      MemoryAccount account(budget, {.own_bytes = kMostMemory, .most_bytes = kMostMemory});
      const MemoryAccount::Charging charging(account);
      EXPECT_NO_THROW(Expand(source)) << source;
    });
  }
}

TEST(Limits, KeepErrorMessagesShort) {
  const Result<std::string> unknown = Expand("{{ " + std::string(500'000, 'f') + " }}");
  EXPECT_THAT(unknown, HasMessage(AllOf(StartsWith("1:4: function \"ffff"), EndsWith("..."))));
  EXPECT_LT(unknown.error().message.size(), 1100U);
  const Result<std::string> failed = Expand("{{ len 1 \"" + std::string(500'000, 'f') + "\" }}");
  EXPECT_THAT(failed, HasMessage(HasSubstr("wrong number of args for len: want 1 got 2")));
  EXPECT_LT(failed.error().message.size(), 1200U);
}

TEST(Limits, LeaveHalfOfTheStackFree) {
  const std::string nested =
      Repeated(98, "{{ if 1 }}") + "{{ template \"t\" . }}" + Repeated(98, "{{ end }}");
  const std::string calls = Repeated(98, "(print ") + "1" + Repeated(98, ")");
  const std::vector<std::string> deepest{
      "{{ define \"t\" }}{{ template \"t\" . }}{{ end }}{{ template \"t\" . }}",
      "{{ define \"t\" }}" + nested + "{{ end }}{{ template \"t\" . }}",
      std::string("{{ define \"t\" }}{{ range 1 }}{{ with . }}{{ template \"t\" 5 }}{{ end }}") +
          "{{ range 1 }}{{ template \"t\" 5 }}{{ end }}{{ end }}{{ end }}{{ template \"t\" 5 }}",
      "{{ define \"t\" }}{{ template \"t\" (print " + calls + ") }}{{ end }}{{ template \"t\" . }}",
      "{{ $x := args 1 }}{{ range 98 }}{{ $x = args $x }}{{ end }}{{ printf \"%v\" $x }}"};
  std::size_t most = 0;
  for (const std::string& source : deepest) {
    RunDeep([&] {
      const PaintedStack stack;
      Expand(source);
      most = std::max(most, stack.UsedBytes());
    });
  }
  std::cout << "most stack: " << most << " bytes of " << kDeepStackBytes << "\n";
  EXPECT_LT(most, kDeepStackBytes / 2);
}

}  // namespace
}  // namespace hakem::gotemplate
