// Evaluates files in the format of `promtool test rules` in Hakem. The integration test
// promtool_test runs the same files by promtool, so that Prometheus' engine agrees with every
// expected value.

#include "promql/engine.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "model/duration.h"
#include "model/read_file.h"
#include "promql/parsing/parser.h"
#include "promql/parsing/series_text.h"
#include "rules/group.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"
#include "tests/support/recorded_instruments.h"
#include "tsdb/store/store.h"
#include "yaml/node.h"

namespace hakem::rules {
namespace {

using yaml::Node;

/// promtool's tests begin in 1970.
constexpr Timestamp kStart{};

std::string TextAt(const Node& node, std::string_view key) {
  const Node* const value = node.Find(key);
  return value == nullptr ? "" : value->Text().value_or("");
}

Duration LengthAt(const Node& node, std::string_view key) {
  return ParseDuration(TextAt(node, key)).value_or(std::chrono::minutes(1));
}

const std::vector<Node>& ItemsAt(const Node& node, std::string_view key) {
  static const std::vector<Node> none;
  const Node* const list = node.Find(key);
  return list == nullptr ? none : list->items();
}

/// The map at a key, as `name=value` for each entry.
std::vector<std::string> MapAt(const Node& node, std::string_view key) {
  std::vector<std::string> texts;
  if (const Node* const map = node.Find(key)) {
    for (const Node::Entry& entry : map->entries()) {
      texts.push_back(entry.key() + "=" + entry.value.Text().value_or(""));
    }
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::string Join(const std::vector<std::string>& labels,
                 const std::vector<std::string>& annotations) {
  return fmt::format("{} / {}", fmt::join(labels, ", "), fmt::join(annotations, ", "));
}

/// One test of a file: a history, and rules that are evaluated over it.
class EngineRun {
 public:
  EngineRun(const std::vector<std::string>& rule_files, const Node& test) {
    for (const std::string& file : rule_files) {
      auto groups = ParseRuleFile(ReadFile(file).value_or(""), file);
      EXPECT_THAT(groups, IsOk());
      for (RuleGroup& group : *groups) {
        groups_.push_back(std::make_unique<Group>(std::move(group), std::chrono::minutes(1),
                                                  Group::Deps{.clock = clock_,
                                                              .instruments = instruments_,
                                                              .log = Log::Silent().For("rules"),
                                                              .history = &store_,
                                                              .external_url = ""}));
      }
    }
    Load(test);
  }

  void Evaluate(Timestamp time) {
    for (const auto& group : groups_) {
      group->Evaluate(store_, time);
    }
  }

  /// The firing alerts of a name, each as its labels and annotations.
  std::vector<std::string> Firing(std::string_view name) const {
    std::vector<std::string> firing;
    for (const auto& group : groups_) {
      for (const RuleStatus& rule : group->Status().rules) {
        for (const ActiveAlert& alert : rule.alerts) {
          if (rule.name == name && alert.state == AlertState::kFiring) {
            firing.push_back(Describe(alert));
          }
        }
      }
    }
    return firing;
  }

  /// The value of an expression, as `name{…} value` for each element.
  std::vector<std::string> Query(const std::string& query, Timestamp time) const {
    const auto expr = promql::Parse(query);
    EXPECT_THAT(expr, IsOk()) << query;
    const auto evaluation = promql::EvaluateInstant(**expr, store_, time);
    EXPECT_THAT(evaluation, IsOk()) << query;
    std::vector<std::string> texts;
    for (const promql::VectorElement& element : std::get<promql::Vector>(evaluation->value)) {
      texts.push_back(fmt::format("{} {}", FormatSeries(element.labels), element.value));
    }
    return texts;
  }

 private:
  void Load(const Node& test) {
    std::vector<promql::SeriesText> all;
    std::size_t count = 0;
    for (const Node& input : ItemsAt(test, "input_series")) {
      auto series = promql::ParseSeries(TextAt(input, "series") + " " + TextAt(input, "values"));
      ASSERT_THAT(series, IsOk());
      count = std::max(count, series->items.size());
      all.push_back(*std::move(series));
    }
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<Sample> samples;
      for (const promql::SeriesText& series : all) {
        if (i < series.items.size() && series.items[i].value) {
          samples.push_back(
              {std::make_shared<const Series>(series.labels), *series.items[i].value});
        }
      }
      const auto steps = static_cast<Duration::rep>(i);
      store_.Append(kStart + steps * LengthAt(test, "interval"), samples);
    }
  }

  static std::string Describe(const ActiveAlert& alert) {
    std::vector<std::string> labels;
    for (const LabelView label : alert.labels) {
      if (label.name != "alertname") {
        labels.push_back(fmt::format("{}={}", label.name, label.value));
      }
    }
    std::vector<std::string> annotations;
    for (const auto& [name, value] : alert.annotations) {
      annotations.push_back(fmt::format("{}={}", name, value));
    }
    return Join(labels, annotations);
  }

  FakeClock clock_;
  RecordedInstruments instruments_;
  tsdb::Store store_{{.retention = std::chrono::hours(24)}};
  std::vector<std::unique_ptr<Group>> groups_;
};

void CheckAlerts(const EngineRun& run, const Node& expected) {
  std::vector<std::string> alerts;
  for (const Node& alert : ItemsAt(expected, "exp_alerts")) {
    alerts.push_back(Join(MapAt(alert, "exp_labels"), MapAt(alert, "exp_annotations")));
  }
  EXPECT_THAT(run.Firing(TextAt(expected, "alertname")), testing::UnorderedElementsAreArray(alerts))
      << expected.place();
}

void CheckQuery(const EngineRun& run, const Node& expected) {
  std::vector<std::string> samples;
  for (const Node& sample : ItemsAt(expected, "exp_samples")) {
    const auto series = promql::ParseSeries(TextAt(sample, "labels") + " 0");
    ASSERT_THAT(series, IsOk());
    samples.push_back(fmt::format("{} {}", FormatSeries(series->labels), TextAt(sample, "value")));
  }
  EXPECT_THAT(run.Query(TextAt(expected, "expr"), kStart + LengthAt(expected, "eval_time")),
              testing::UnorderedElementsAreArray(samples))
      << expected.place();
}

/// Returns how many expectations were checked.
int RunTest(const std::vector<std::string>& rule_files, const Node& test, Duration interval) {
  EngineRun run(rule_files, test);
  const std::vector<Node>& alerts = ItemsAt(test, "alert_rule_test");
  const std::vector<Node>& queries = ItemsAt(test, "promql_expr_test");
  Duration last{0};
  for (const std::vector<Node>* list : {&alerts, &queries}) {
    for (const Node& expected : *list) {
      last = std::max(last, LengthAt(expected, "eval_time"));
    }
  }
  for (Duration at{0}; at <= last; at += interval) {
    run.Evaluate(kStart + at);
    for (const Node& expected : alerts) {
      if (const Duration time = LengthAt(expected, "eval_time");
          time >= at && time < at + interval) {
        CheckAlerts(run, expected);
      }
    }
  }
  for (const Node& expected : queries) {
    CheckQuery(run, expected);
  }
  return static_cast<int>(alerts.size() + queries.size());
}

struct TestFile {
  std::string name;
  int expectations;  ///< At least so many are in the file.
};

void PrintTo(const TestFile& file, std::ostream* out) {
  *out << file.name;
}

class PromtoolTestFile : public ::testing::TestWithParam<TestFile> {};

TEST_P(PromtoolTestFile, HoldsInHakem) {
  const std::filesystem::path path = SourcePath("tests/rules/" + GetParam().name + ".yml");
  const auto text = ReadFile(path.string());
  ASSERT_THAT(text, IsOk());
  const auto file = Node::Parse(*text, GetParam().name);
  ASSERT_THAT(file, IsOk());
  std::vector<std::string> rule_files;
  for (const Node& rule_file : ItemsAt(*file, "rule_files")) {
    rule_files.push_back((path.parent_path() / rule_file.Text().value_or("")).lexically_normal());
  }
  int checked = 0;
  for (const Node& test : ItemsAt(*file, "tests")) {
    SCOPED_TRACE(TextAt(test, "name"));
    checked += RunTest(rule_files, test, LengthAt(*file, "evaluation_interval"));
  }
  EXPECT_GE(checked, GetParam().expectations);
}

INSTANTIATE_TEST_SUITE_P(Rules, PromtoolTestFile,
                         ::testing::Values(TestFile{"engine_test", 27}, TestFile{"gaming_test", 49},
                                           TestFile{"postgresql_test", 60},
                                           TestFile{"replication_test", 28},
                                           TestFile{"monitoring_test", 15}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace hakem::rules
