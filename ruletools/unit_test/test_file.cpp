#include "ruletools/unit_test/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "web/api_v1/request/parameters.h"
#include "yaml/map_reader.h"

namespace hakem::ruletools {
namespace {

using yaml::MapReader;
using yaml::Node;

constexpr Duration kDefaultInterval = std::chrono::minutes(1);
constexpr Timestamp kLatestStart = std::chrono::sys_days(std::chrono::year(9999) / 1 / 1);
constexpr Timestamp kEarliestStart = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);

/// The numbers of YAML that have no digits.
std::optional<double> NamedNumber(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) {
    text.remove_prefix(1);
  } else if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (text == ".inf" || text == ".Inf" || text == ".INF") {
    const double infinity = std::numeric_limits<double>::infinity();
    return is_negative ? -infinity : infinity;
  }
  return std::nullopt;
}

/// Reads a number as YAML has them: `1_000`, `+1`, `.5`, `.inf`.
Result<double> ReadNumber(const Node& node) {
  return node.Text().and_then([&node](const std::string& text) -> Result<double> {
    if (const auto named = NamedNumber(text)) {
      return *named;
    }
    std::string digits = text.substr(text.starts_with('+') ? 1 : 0);
    std::erase(digits, '_');
    double value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [parsed, error] = std::from_chars(digits.data(), end, value);
    const bool has_digit = digits.find_first_of("0123456789") != digits.npos;
    if (error != std::errc{} || parsed != end || !has_digit) {
      return node.Wrong(fmt::format("\"{}\" is not a number", text));
    }
    return value;
  });
}

/// Reads a map from names to texts; an entry without a value is "".
void ReadTextMap(MapReader& reader, std::string_view key,
                 std::map<std::string, std::string>& target) {
  reader.Any(key, [&](const Node& map) -> Result<void> {
    if (map.kind() != Node::Kind::kMap) {
      return map.Wrong("expected a map of names and texts");
    }
    for (const Node::Entry& entry : map.entries()) {
      Result<std::string> text = entry.value.kind() == Node::Kind::kNull ? "" : entry.value.Text();
      if (!text) {
        return Fail(text.error());
      }
      target[entry.key()] = *std::move(text);
    }
    return {};
  });
}

/// Reads a duration within a limit, so that times cannot overflow.
void ReadLength(MapReader& reader, std::string_view key, Duration& target) {
  reader.Length(key, target);
  if (target > kLongestTestDuration) {
    reader.Wrong(reader.At(key), "more than 100 years");
  }
}

Labels ReadLabels(MapReader& reader, std::string_view key) {
  std::map<std::string, std::string> texts;
  ReadTextMap(reader, key, texts);
  std::vector<Label> labels;
  for (const auto& [name, value] : texts) {
    labels.push_back({name, value});
  }
  return Labels(labels);
}

/// Reads the items of a list, each with its place.
template <typename Item>
void ReadItems(MapReader& reader, std::string_view key, std::vector<Item>& items,
               const std::function<void(MapReader&, Item&)>& read) {
  const Node& list = reader.At(key);
  reader.Maps(key, [&](MapReader& inner) {
    Item& item = items.emplace_back();
    item.place = list.items()[items.size() - 1].place();
    read(inner, item);
  });
}

void ReadInput(MapReader& reader, InputSeries& input) {
  reader.Text("series", input.series);
  reader.Text("values", input.values);
}

void ReadAlertTest(MapReader& reader, AlertTest& test) {
  ReadLength(reader, "eval_time", test.eval_time);
  reader.Text("alertname", test.alert);
  reader.Maps("exp_alerts", [&](MapReader& inner) {
    ExpectedAlert& alert = test.alerts.emplace_back();
    ReadTextMap(inner, "exp_labels", alert.labels);
    ReadTextMap(inner, "exp_annotations", alert.annotations);
  });
  for (ExpectedAlert& alert : test.alerts) {
    alert.labels["alertname"] = test.alert;
  }
}

void ReadSample(MapReader& reader, ExpectedSample& sample) {
  reader.Text("labels", sample.labels);
  reader.Any("value", [&](const Node& node) {
    return ReadNumber(node).transform([&](double value) { sample.value = value; });
  });
  reader.Any("histogram", [](const Node& node) -> Result<void> {
    return node.Wrong("native histograms are not supported");
  });
}

void ReadExprTest(MapReader& reader, ExprTest& test) {
  reader.Text("expr", test.expr);
  ReadLength(reader, "eval_time", test.eval_time);
  reader.Maps("exp_samples",
              [&](MapReader& inner) { ReadSample(inner, test.samples.emplace_back()); });
}

void ReadTest(MapReader& reader, RuleTest& test) {
  reader.Text("name", test.name);
  ReadLength(reader, "interval", test.interval);
  reader.Any("start_timestamp", [&](const Node& node) -> Result<void> {
    const Result<Timestamp> time = node.Text().and_then(web::ParseApiTime);
    if (!time) {
      return node.Wrong(time.error().message);
    }
    if (*time < kEarliestStart || *time > kLatestStart) {
      return node.Wrong("the year must be from 1 to 9998");
    }
    test.start = *time;
    return {};
  });
  ReadItems<InputSeries>(reader, "input_series", test.input, ReadInput);
  ReadItems<AlertTest>(reader, "alert_rule_test", test.alert_tests, ReadAlertTest);
  ReadItems<ExprTest>(reader, "promql_expr_test", test.expr_tests, ReadExprTest);
  test.external_labels = ReadLabels(reader, "external_labels");
  reader.Text("external_url", test.external_url);
}

/// Applies the defaults that depend on the whole file.
void Complete(TestFile& file) {
  if (file.evaluation_interval == Duration::zero()) {
    file.evaluation_interval = kDefaultInterval;
  }
  for (std::size_t i = 0; i < file.tests.size(); ++i) {
    RuleTest& test = file.tests[i];
    test.title = test.name.empty() ? fmt::format("unnamed#{}", i) : test.name;
    if (test.interval == Duration::zero()) {
      test.interval = file.evaluation_interval;
    }
  }
}

/// Reports a group that the order of evaluation names twice.
void CheckOrder(MapReader& reader, const std::vector<std::string>& order) {
  for (auto group = order.begin(); group != order.end(); ++group) {
    if (std::find(order.begin(), group, *group) != group) {
      const Node& list = reader.At("group_eval_order");
      const auto index = static_cast<std::size_t>(group - order.begin());
      return reader.Wrong(list.items()[index],
                          fmt::format("group_eval_order names group \"{}\" twice", *group));
    }
  }
}

}  // namespace

Result<TestFile> ParseTestFile(std::string_view text, std::string_view path,
                               bool ignores_unknown_keys) {
  const Result<Node> root = Node::Parse(text, path);
  if (!root) {
    return Fail(root.error());
  }
  TestFile file;
  file.path = path;
  MapReader reader(*root, nullptr, {.ignores_unknown_keys = ignores_unknown_keys});
  reader.Texts("rule_files", file.rule_files);
  ReadLength(reader, "evaluation_interval", file.evaluation_interval);
  reader.Texts("group_eval_order", file.group_order);
  CheckOrder(reader, file.group_order);
  reader.Boolean("fuzzy_compare", file.fuzzy_compare);
  ReadItems<RuleTest>(reader, "tests", file.tests, ReadTest);
  if (const Result<void> read = reader.Finish(); !read) {
    return Fail(read.error());
  }
  Complete(file);
  return file;
}

}  // namespace hakem::ruletools
