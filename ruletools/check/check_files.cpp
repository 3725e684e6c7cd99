#include "ruletools/check/check_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "format/counted.h"
#include "format/json_writer.h"
#include "rules/files/rule_file.h"

namespace hakem::ruletools {
namespace {

std::size_t CountRules(std::span<const rules::RuleGroup> groups) {
  std::size_t count = 0;
  for (const rules::RuleGroup& group : groups) {
    count += group.rules.size();
  }
  return count;
}

/// What is only likely to be wrong, in the order of the file.
std::vector<Hint> HintsFor(std::span<const rules::RuleGroup> groups, const Catalogue& catalogue,
                           const CheckOptions& options) {
  std::vector<Hint> hints;
  if (options.finds_duplicates) {
    hints = FindDuplicates(groups);
  }
  if (options.finds_hints) {
    std::vector<Hint> more = FindHints(groups, catalogue);
    std::move(more.begin(), more.end(), std::back_inserter(hints));
  }
  return hints;
}

}  // namespace

std::vector<CheckedFile> CheckFiles(std::span<const RuleFileText> files, Catalogue catalogue,
                                    const CheckOptions& options) {
  std::vector<rules::CheckedRuleFile> parsed;
  for (const RuleFileText& file : files) {
    parsed.push_back(rules::CheckRuleFile(
        file.text, file.path,
        {.features = options.features, .ignores_unknown_keys = options.ignores_unknown_keys}));
    catalogue.AddRecorded(parsed.back().groups);
  }
  std::vector<CheckedFile> checked;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const rules::CheckedRuleFile& file = parsed[i];
    CheckedFile& result = checked.emplace_back();
    result.path = files[i].path;
    result.rules = CountRules(file.groups);
    for (const Error& error : file.errors) {
      result.errors.push_back(error.message);
    }
    if (file.errors.empty()) {
      result.hints = HintsFor(file.groups, catalogue, options);
    }
  }
  return checked;
}

std::string FormatCheck(const CheckedFile& file) {
  if (!file.errors.empty()) {
    std::string text = fmt::format("{}: FAILED\n", file.path);
    for (const std::string& error : file.errors) {
      text += fmt::format("    {}\n", error);
    }
    return text;
  }
  std::string text = fmt::format("{}: SUCCESS: {} found", file.path, Counted(file.rules, "rule"));
  text += file.hints.empty() ? "\n" : fmt::format(", {}\n", Counted(file.hints.size(), "hint"));
  for (const Hint& hint : file.hints) {
    text += fmt::format("    {}: {}\n", hint.place, hint.message);
  }
  return text;
}

std::string CheckJson(std::span<const CheckedFile> files) {
  std::string text;
  JsonWriter json(text, JsonWriter::Layout::kIndented);
  json.Object([&] {
    json.Key("files").Array(files, [&](const CheckedFile& file) {
      json.Object([&] {
        json.Member("file", file.path);
        json.Member("rules", file.rules);
        json.Key("errors").Array(file.errors, [&](const std::string& error) { json.Value(error); });
        json.Key("hints").Array(file.hints, [&](const Hint& hint) {
          json.Object([&] {
            json.Member("place", hint.place);
            json.Member("message", hint.message);
          });
        });
      });
    });
  });
  return text;
}

}  // namespace hakem::ruletools
