#include "tests/support/alerting/template_cases.h"

#include <chrono>

#include "model/read_file.h"
#include "rules/evaluation/template_query.h"
#include "rules/files/alert_template.h"
#include "tests/support/collection/snapshots.h"
#include "tests/support/paths.h"
#include "tsdb/snapshot_queryable.h"
#include "yaml/node.h"

namespace hakem {
namespace {

constexpr const char* kFile = "tests/rules/testdata/alert_templates.yml";

/// Returns the text under a key, or `otherwise`.
std::string TextOf(const yaml::Node& row, std::string_view key, std::string_view otherwise) {
  const yaml::Node* node = row.Find(key);
  return node == nullptr ? std::string(otherwise) : *node->Text();
}

}  // namespace

std::vector<TemplateCase> ReadTemplateCases() {
  const Result<std::string> text = ReadFile(SourcePath(kFile));
  std::vector<TemplateCase> cases;
  if (!text) {
    return cases;
  }
  const Result<yaml::Node> root = yaml::Node::Parse(*text, kFile);
  if (!root) {
    return cases;
  }
  for (const yaml::Node& row : root->items()) {
    cases.push_back({.text = TextOf(row, "text", ""),
                     .expected = TextOf(row, "expected", ""),
                     .since = TextOf(row, "since", "2.42"),
                     .differs = TextOf(row, "differs", "")});
  }
  return cases;
}

const TemplateSeries& TemplateSeriesList() {
  static const TemplateSeries list{
      {Labels{{"__name__", "requests"},
              {"game", "hokm"},
              {"instance", "db-1.example.org:9187"},
              {"job", "web"}},
       1234567.891},
      {Labels{{"__name__", "up"}, {"instance", "a:1"}, {"job", "web"}}, 1},
      {Labels{{"__name__", "up"}, {"instance", "b:2"}, {"job", "web"}}, 0}};
  return list;
}

const Labels& TemplateExternalLabels() {
  static const Labels labels{{"cluster", "c1"}};
  return labels;
}

std::string ExpandCase(const TemplateCase& row) {
  const Result<gotemplate::Template> text = rules::ParseAlertTemplate(row.text);
  if (!text) {
    return text.error().message;
  }
  const Timestamp now{std::chrono::seconds(kTemplateTimeSeconds)};
  const TemplateSeries& list = TemplateSeriesList();
  const tsdb::SnapshotQueryable samples(MakeSnapshot(now, {list[0], list[1], list[2]}), Labels{});
  const rules::TemplateContext context{.external_labels = TemplateExternalLabels(),
                                       .external_url = std::string(kTemplateExternalUrl),
                                       .query = rules::MakeTemplateQuery(samples, now, {}),
                                       .now = now};
  return rules::AlertExpander(kTemplateAlert, list[0].first, list[0].second, context).Expand(*text);
}

}  // namespace hakem
