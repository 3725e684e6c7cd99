#include "rules/files/rule_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>

#include "format/utf8.h"
#include "promql/parsing/parser.h"
#include "promql/syntax/printer.h"
#include "rules/files/alert_template.h"
#include "yaml/map_reader.h"

namespace hakem::rules {
namespace {

using Templates = std::map<std::string, gotemplate::Template>;

constexpr std::string_view kLabel = "label";
constexpr std::size_t kLongestError = 2000;  ///< In bytes: names and expressions may be longer.
constexpr std::string_view kExpectedMap = "expected a map of keys and values";

/// The most bytes of the rules of a file. What an alias refers to counts each time, and the labels
/// of a group count for each of its rules: a few lines could take many gigabytes.
constexpr std::size_t kMostTextBytes = 64U << 20U;

/// Returns the bytes of a text, or of the names and texts of a map.
std::size_t TextBytes(const yaml::Node& node) {
  if (node.kind() == yaml::Node::Kind::kScalar) {
    return node.Text().value_or("").size();
  }
  std::size_t bytes = 0;
  for (const yaml::Node::Entry& entry : node.entries()) {
    const bool is_text = entry.value.kind() == yaml::Node::Kind::kScalar;
    bytes += entry.key().size() + (is_text ? entry.value.Text().value_or("").size() : 0);
  }
  return bytes;
}

/// Returns the elements of the list that a key of the map names; none if it is no list.
const std::vector<yaml::Node>& ItemsOf(const yaml::Node& map, std::string_view key) {
  const yaml::Node* const list = map.Find(key);
  return list == nullptr ? map.items() : list->items();  // A map has no items.
}

/// Checks that a file's rules have at most kMostTextBytes. Errors: kInvalidInput.
Result<void> CheckTextBytes(const yaml::Node& root) {
  std::size_t bytes = 0;
  for (const yaml::Node& group : ItemsOf(root, "groups")) {
    const yaml::Node* const labels = group.Find("labels");
    const std::size_t label_bytes = labels == nullptr ? 0 : TextBytes(*labels);
    for (const yaml::Node& rule : ItemsOf(group, "rules")) {
      bytes += label_bytes;
      for (const yaml::Node::Entry& entry : rule.entries()) {
        bytes += TextBytes(entry.value);
      }
      if (bytes > kMostTextBytes) {
        return rule.Wrong(
            fmt::format("the rules have more than {} bytes; the labels of a group and what aliases "
                        "refer to count for each rule",
                        kMostTextBytes));
      }
    }
  }
  return {};
}

/// Reads one group. The YAML readers collect the errors, with their position in the group.
class GroupReader {
 public:
  GroupReader(yaml::MapReader& reader, RuleGroup& group, promql::Features features)
      : reader_(reader), group_(group), features_(features) {}

  void Read() {
    reader_.Text("name", group_.name);
    where_ = fmt::format("group \"{}\"", group_.name);
    ReadSchedule();
    Templates labels;
    ReadTemplates(reader_, "labels", kLabel, labels, Mistakes::kKept);
    reader_.Maps("rules", [&](yaml::MapReader& rule) { ReadRule(rule, labels); });
    if (group_.name.empty() && reader_.Finish()) {
      Wrong(reader_, "name", "a group needs a name");
    }
  }

 private:
  /// What becomes of a template that does not parse. Prometheus does not look at the labels of
  /// groups when it loads a file: there, the mistake becomes part of the label's value.
  enum class Mistakes { kRefused, kKept };

  void ReadSchedule() {
    Duration interval{0};
    reader_.Length("interval", interval);
    if (interval > Duration::zero()) {
      group_.interval = interval;
    }
    constexpr Duration kAbsent = Duration::min();
    Duration offset = kAbsent;
    reader_.Length("query_offset", offset);
    if (offset != kAbsent) {
      group_.query_offset = offset;
    }
    reader_.Any("limit", [this](const yaml::Node& node) -> Result<void> {
      return node.GoInteger().transform([this](std::int64_t limit) { group_.limit = limit; });
    });
  }

  void ReadRule(yaml::MapReader& reader, const Templates& group_labels) {
    std::string record;
    std::string alert;
    reader.Text("record", record);
    reader.Text("alert", alert);
    where_ = fmt::format("group \"{}\", rule {}, \"{}\"", group_.name, group_.rules.size() + 1,
                         alert.empty() ? record : alert);
    if (record.empty()) {
      ReadAlertRule(reader, group_labels);
    } else {
      ReadRecordingRule(reader, group_labels);
    }
  }

  void ReadAlertRule(yaml::MapReader& reader, const Templates& group_labels) {
    AlertRule rule;
    reader.Text("alert", rule.name);
    reader.Text("expr", rule.query);
    rule.policy.limit = group_.limit;
    constexpr Duration kAbsent = Duration::min();
    Duration hold = kAbsent;
    reader.Length("for", hold);
    rule.has_hold = hold != kAbsent;
    rule.policy.hold = rule.has_hold ? hold : Duration(0);
    reader.Length("keep_firing_for", rule.policy.keep_firing_for);
    Templates labels;
    ReadTemplates(reader, "labels", kLabel, labels, Mistakes::kRefused);
    labels.insert(group_labels.begin(), group_labels.end());
    rule.labels = AsList(labels);
    Templates annotations;
    ReadTemplates(reader, "annotations", "annotation", annotations, Mistakes::kRefused);
    rule.annotations = AsList(annotations);
    const bool is_well_formed = reader.Finish().has_value();
    if (rule.name.empty() && is_well_formed) {
      Wrong(reader, "alert", "a rule needs a name under \"alert\" or \"record\"");
    }
    ParseExpression(reader, rule, is_well_formed);
    group_.rules.emplace_back(std::move(rule));
  }

  void ReadRecordingRule(yaml::MapReader& reader, const Templates& group_labels) {
    RecordingRule rule;
    reader.Text("record", rule.name);
    reader.Text("expr", rule.query);
    rule.limit = group_.limit;
    RefuseKeysOfAlerts(reader);
    std::map<std::string, std::string> labels;
    ReadTexts(reader, "labels", kLabel, [&](const yaml::Node::Entry& entry, std::string text) {
      labels.emplace(entry.key(), std::move(text));
      return Result<void>();
    });
    for (const auto& [name, text] : group_labels) {
      labels.emplace(name, text.source());
    }
    for (const auto& [name, text] : labels) {
      rule.labels.push_back({name, text});
    }
    const bool is_well_formed = reader.Finish().has_value();
    if (rule.name.find_first_of("{}") != rule.name.npos) {
      Wrong(reader, "record", "the name of a recording rule cannot have braces");
    }
    ParseExpression(reader, rule, is_well_formed);
    group_.rules.emplace_back(std::move(rule));
  }

  /// Reports a key that only alerting rules may have. As in Prometheus, an empty value passes.
  void RefuseKeysOfAlerts(yaml::MapReader& reader) const {
    std::string alert;
    reader.Text("alert", alert);
    if (!alert.empty()) {
      Wrong(reader, "record", "a rule has \"record\" or \"alert\", not both");
    }
    for (const std::string_view key : {"for", "keep_firing_for"}) {
      Duration length{0};
      reader.Length(key, length);
      if (length != Duration::zero()) {
        Wrong(reader, key, fmt::format("a recording rule has no \"{}\"", key));
      }
    }
    reader.Any("annotations", [&](const yaml::Node& map) -> Result<void> {
      if (map.kind() != yaml::Node::Kind::kMap) {
        return Located(map, kExpectedMap);
      }
      return map.entries().empty()
                 ? Result<void>()
                 : Result<void>(Located(map, "a recording rule has no \"annotations\""));
    });
  }

  /// Parses the expression of an alerting or a recording rule. `is_well_formed`: whether nothing
  /// else is wrong: a mistyped key is reported alone, not also the key that is missing therefore.
  void ParseExpression(yaml::MapReader& reader, RuleBase& rule, bool is_well_formed) const {
    rule.place = reader.At("expr").place();
    if (rule.query.empty()) {
      if (is_well_formed) {
        Wrong(reader, "expr", "a rule needs an expression under \"expr\"");
      }
      return;
    }
    rule.features = features_;
    Result<promql::ExprPtr> parsed = promql::Parse(rule.query, features_);
    if (!parsed) {
      return Wrong(reader, "expr", fmt::format("expression {}", parsed.error().message));
    }
    rule.expr = *std::move(parsed);
    rule.query = promql::Print(*rule.expr);
  }

  /// Calls `read` with each entry of a map from names to texts. `what`: "label" or "annotation".
  template <typename Read>
  void ReadTexts(yaml::MapReader& reader, std::string_view key, std::string_view what,
                 const Read& read) const {
    reader.Any(key, [&](const yaml::Node& map) -> Result<void> {
      if (map.kind() != yaml::Node::Kind::kMap) {
        return Located(map, kExpectedMap);
      }
      for (const yaml::Node::Entry& entry : map.entries()) {
        const Result<void> done = ReadText(entry, what).and_then([&](std::string text) {
          return read(entry, std::move(text));
        });
        if (!done) {
          reader.Keep(done.error());
        }
      }
      return {};
    });
  }

  Result<std::string> ReadText(const yaml::Node::Entry& entry, std::string_view what) const {
    const bool is_reserved = what == kLabel && entry.key() == kMetricNameLabel;
    if (entry.key().empty() || is_reserved) {  // Any other name is valid, as in Prometheus 3.
      return Located(entry.key_node, fmt::format("\"{}\" cannot be the name of {} {}", entry.key(),
                                                 what == kLabel ? "a" : "an", what));
    }
    return entry.value.kind() == yaml::Node::Kind::kNull ? "" : entry.value.Text();
  }

  void ReadTemplates(yaml::MapReader& reader, std::string_view key, std::string_view what,
                     Templates& templates, Mistakes mistakes) const {
    ReadTexts(reader, key, what,
              [&](const yaml::Node::Entry& entry, const std::string& text) -> Result<void> {
                Result<gotemplate::Template> parsed = ParseAlertTemplate(text);
                if (!parsed && mistakes == Mistakes::kKept) {
                  parsed = gotemplate::Template::Broken(text, parsed.error());
                }
                if (!parsed) {
                  return Located(entry.value, fmt::format("{} \"{}\" {}", what, entry.key(),
                                                          parsed.error().message));
                }
                templates.emplace(entry.key(), *std::move(parsed));
                return {};
              });
  }

  static std::vector<NamedTemplate> AsList(const Templates& templates) {
    std::vector<NamedTemplate> list;
    for (const auto& [name, text] : templates) {
      list.push_back({name, text});
    }
    return list;
  }

  tl::unexpected<Error> Located(const yaml::Node& node, std::string_view message) const {
    return node.Wrong(fmt::format("{}: {}", where_, message));
  }

  void Wrong(yaml::MapReader& reader, std::string_view key, std::string_view message) const {
    reader.Wrong(reader.At(key), fmt::format("{}: {}", where_, message));
  }

  yaml::MapReader& reader_;
  RuleGroup& group_;
  const promql::Features features_;
  std::string where_;
};

/// Reads what can be read into `groups`. Returns the first error.
Result<void> ReadGroups(std::string_view text, std::string_view file, promql::Features features,
                        const yaml::ReadingMode& mode, std::vector<RuleGroup>& groups) {
  const Result<yaml::Node> root = yaml::Node::Parse(text, file);
  Result<void> usable = root ? CheckTextBytes(*root) : Fail(root.error());
  if (!usable) {
    if (mode.all_errors != nullptr) {
      mode.all_errors->push_back(usable.error());
    }
    return usable;
  }
  std::unordered_set<std::string> names;
  yaml::MapReader reader(*root, nullptr, mode);
  reader.Maps("groups", [&](yaml::MapReader& inner) {
    RuleGroup group;
    group.file = file;
    GroupReader(inner, group, features).Read();
    if (!names.insert(group.name).second) {
      inner.Wrong(inner.At("name"),
                  fmt::format("this file has two groups called \"{}\"", group.name));
    }
    groups.push_back(std::move(group));
  });
  return reader.Finish();
}

}  // namespace

const RuleBase& BaseOf(const Rule& rule) {
  return std::visit([](const auto& one) -> const RuleBase& { return one; }, rule);
}

const std::string& NameOf(const Rule& rule) {
  return BaseOf(rule).name;
}

bool RuleGroup::Records() const {
  return std::any_of(rules.begin(), rules.end(),
                     [](const Rule& rule) { return std::holds_alternative<RecordingRule>(rule); });
}

Result<std::vector<RuleGroup>> ParseRuleFile(std::string_view text, std::string_view file,
                                             promql::Features features) {
  std::vector<RuleGroup> groups;
  if (const Result<void> read = ReadGroups(text, file, features, {}, groups); !read) {
    return Fail(read.error().code, Cut(read.error().message, kLongestError));
  }
  return groups;
}

CheckedRuleFile CheckRuleFile(std::string_view text, std::string_view file,
                              const RuleFileOptions& options) {
  CheckedRuleFile checked;
  const yaml::ReadingMode mode{.ignores_unknown_keys = options.ignores_unknown_keys,
                               .all_errors = &checked.errors};
  static_cast<void>(ReadGroups(text, file, options.features, mode, checked.groups));
  for (Error& error : checked.errors) {
    error.message = Cut(error.message, kLongestError);
  }
  return checked;
}

}  // namespace hakem::rules
