#include "rules/rule_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "promql/parsing/parser.h"
#include "promql/syntax/printer.h"
#include "rules/alert_template.h"
#include "yaml/map_reader.h"

namespace hakem::rules {
namespace {

using Templates = std::map<std::string, gotemplate::Template>;

constexpr std::string_view kNotCarriedOut = "is not carried out by this version of Hakem";

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
    ReadTemplates(reader_, "labels", "label", labels);
    reader_.Maps("rules", [&](yaml::MapReader& rule) { ReadRule(rule, labels); });
    if (group_.name.empty() && reader_.Finish()) {
      Wrong(reader_, "name", "a group needs a name");
    }
  }

 private:
  void ReadSchedule() {
    Duration interval{0};
    reader_.Length("interval", interval);
    if (interval > Duration::zero()) {
      group_.interval = interval;
    }
    Duration offset{0};
    reader_.Length("query_offset", offset);
    if (offset != Duration::zero()) {
      Wrong(reader_, "query_offset", fmt::format("query_offset {}", kNotCarriedOut));
    }
    reader_.Integer("limit", group_.limit);
    if (group_.limit < 0) {
      Wrong(reader_, "limit", fmt::format("limit {} is negative", group_.limit));
    }
  }

  void ReadRule(yaml::MapReader& reader, const Templates& group_labels) {
    AlertRule rule;
    std::string record;
    reader.Text("record", record);
    reader.Text("alert", rule.name);
    where_ = fmt::format("group \"{}\", rule {}, \"{}\"", group_.name, group_.rules.size() + 1,
                         rule.name.empty() ? record : rule.name);
    reader.Text("expr", rule.query);
    rule.policy.limit = group_.limit;
    reader.Length("for", rule.policy.hold);
    reader.Length("keep_firing_for", rule.policy.keep_firing_for);
    Templates labels;
    ReadTemplates(reader, "labels", "label", labels);
    labels.insert(group_labels.begin(), group_labels.end());
    rule.labels = AsList(labels);
    Templates annotations;
    ReadTemplates(reader, "annotations", "annotation", annotations);
    rule.annotations = AsList(annotations);
    // A mistyped key is reported before the key that is missing because of it.
    if (reader.Finish()) {
      CheckKind(reader, record, rule.name);
      ParseExpression(reader, rule);
    }
    group_.rules.push_back(std::move(rule));
  }

  void CheckKind(yaml::MapReader& reader, std::string_view record, std::string_view alert) const {
    if (!record.empty() && !alert.empty()) {
      Wrong(reader, "record", "a rule has \"record\" or \"alert\", not both");
    } else if (!record.empty()) {
      Wrong(reader, "record", fmt::format("a recording rule {}", kNotCarriedOut));
    } else if (alert.empty()) {
      Wrong(reader, "alert", "a rule needs a name under \"alert\"");
    }
  }

  void ParseExpression(yaml::MapReader& reader, AlertRule& rule) const {
    if (rule.query.empty()) {
      return Wrong(reader, "expr", "a rule needs an expression under \"expr\"");
    }
    rule.features = features_;
    Result<promql::ExprPtr> parsed = promql::Parse(rule.query, features_);
    if (!parsed) {
      return Wrong(reader, "expr", fmt::format("expression {}", parsed.error().message));
    }
    rule.expr = *std::move(parsed);
    rule.query = promql::Print(*rule.expr);
  }

  /// `what`: "label" or "annotation".
  void ReadTemplates(yaml::MapReader& reader, std::string_view key, std::string_view what,
                     Templates& templates) {
    reader.Any(key, [&](const yaml::Node& map) -> Result<void> {
      if (map.kind() != yaml::Node::Kind::kMap) {
        return Located(map, "expected a map of keys and values");
      }
      for (const yaml::Node::Entry& entry : map.entries()) {
        if (!IsValidLabelName(entry.key) || entry.key == kMetricNameLabel) {
          return Located(entry.key_node,
                         fmt::format("\"{}\" cannot be the name of a {}", entry.key, what));
        }
        const Result<std::string> text =
            entry.value.kind() == yaml::Node::Kind::kNull ? "" : entry.value.Text();
        if (!text) {
          return Fail(text.error());
        }
        Result<gotemplate::Template> parsed = ParseAlertTemplate(*text);
        if (!parsed) {
          return Located(entry.value,
                         fmt::format("{} \"{}\" {}", what, entry.key, parsed.error().message));
        }
        templates.emplace(entry.key, *std::move(parsed));
      }
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

}  // namespace

Result<std::vector<RuleGroup>> ParseRuleFile(std::string_view text, std::string_view file,
                                             promql::Features features) {
  const Result<yaml::Node> root = yaml::Node::Parse(text, file);
  if (!root) {
    return Fail(root.error());
  }
  std::vector<RuleGroup> groups;
  yaml::MapReader reader(*root);
  reader.Maps("groups", [&](yaml::MapReader& inner) {
    RuleGroup group;
    group.file = file;
    GroupReader(inner, group, features).Read();
    if (std::any_of(groups.begin(), groups.end(),
                    [&](const RuleGroup& before) { return before.name == group.name; })) {
      inner.Wrong(inner.At("name"),
                  fmt::format("group \"{}\" stands in this file twice", group.name));
    }
    groups.push_back(std::move(group));
  });
  if (const Result<void> read = reader.Finish(); !read) {
    return Fail(read.error());
  }
  return groups;
}

}  // namespace hakem::rules
