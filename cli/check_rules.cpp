#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/line/command.h"
#include "cli/line/options.h"
#include "cli/line/shared_options.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "cli/output/result.h"
#include "cli/rules/server_catalogue.h"
#include "cli/rules/shipped_catalogue.h"
#include "model/read_file.h"
#include "ruletools/check/check_files.h"

namespace hakem::cli {
namespace {

constexpr int kHintsAreFatal = 3;  // As promtool's exit status for lint.

struct CheckRulesOptions {
  std::vector<std::string> files;
  std::string server;
  std::string lint = "all";
  bool lint_is_fatal = false;
  bool syntax_only = false;
  ruletools::CheckOptions check;
  OutputOptions output;
};

Result<void> ReadLint(const std::string& word, std::string& lint) {
  static constexpr std::string_view kWords[] = {"all", "duplicate-rules", "none"};
  if (std::find(std::begin(kWords), std::end(kWords), word) == std::end(kWords)) {
    return NotOneOf(word, kWords);
  }
  lint = word;
  return {};
}

void AddOptions(CLI::App& command, CheckRulesOptions& options) {
  AddArguments(command, "FILE", options.files, "rule files, which are checked as loaded together");
  AddText(command, "--server", options.server,
          "a running Hakem or Prometheus, whose metrics are known too", "URL");
  AddParsed(command, "--lint",
            "what to look for besides errors: all, duplicate-rules, none (default all)", "WHAT",
            [&options](const std::string& word) { return ReadLint(word, options.lint); });
  AddFlag(command, "--lint-fatal", options.lint_is_fatal,
          "exit with 3 if there are hints; an error also ends with 3 if --server does not answer");
  AddFlag(command, "--syntax-only", options.syntax_only, "no hints, only what promtool checks");
  AddFlag(command, "--ignore-unknown-fields", options.check.ignores_unknown_keys,
          "skip keys that rule files do not have");
  AddOutput(command, options.output, {"text", "json"}, OldOutput::kFile);
  AddFeatures(command, "experimental PromQL features, as for hakem serve", options.check.features);
}

/// The metrics that hints are based on.
Result<ruletools::Catalogue> MakeCatalogue(const CheckRulesOptions& options) {
  ruletools::Catalogue catalogue = ShippedCatalogue();
  if (!options.server.empty()) {
    if (const auto added = AddServerMetrics(options.server, catalogue); !added) {
      return Fail(added.error());
    }
  }
  return catalogue;
}

/// Checks the files that can be read together. The others are broken.
std::vector<ruletools::CheckedFile> Check(const CheckRulesOptions& options,
                                          ruletools::Catalogue catalogue) {
  std::vector<ruletools::RuleFileText> texts;
  std::vector<ruletools::CheckedFile> unreadable;
  for (const std::string& path : options.files) {
    Result<std::string> text = ReadFile(path);
    if (text) {
      texts.push_back({path, *std::move(text)});
    } else {
      unreadable.push_back({.path = path, .errors = {text.error().message}});
    }
  }
  ruletools::CheckOptions check = options.check;
  check.finds_duplicates = options.lint != "none";
  check.finds_hints = options.lint == "all" && !options.syntax_only;
  std::vector<ruletools::CheckedFile> checked =
      ruletools::CheckFiles(texts, std::move(catalogue), check);
  checked.insert(checked.end(), unreadable.begin(), unreadable.end());
  return checked;
}

std::string Format(const std::vector<ruletools::CheckedFile>& files, const std::string& format) {
  if (format == "json") {
    return ruletools::CheckJson(files);
  }
  std::string text;
  for (const ruletools::CheckedFile& file : files) {
    text += ruletools::FormatCheck(file);
  }
  return text;
}

int Run(const CheckRulesOptions& options) {
  if (const Result<void> writable = CheckOutput(options.output); !writable) {
    return Report(writable.error());
  }
  Result<ruletools::Catalogue> catalogue = MakeCatalogue(options);
  if (!catalogue) {
    return Report(catalogue.error());
  }
  const auto files = Check(options, *std::move(catalogue));
  const Result<void> written = WriteResult(options.output, Format(files, options.output.format));
  if (!written) {
    return Report(written.error());
  }
  const auto any = [&files](auto list) {
    return std::any_of(files.begin(), files.end(),
                       [list](const auto& file) { return !(file.*list).empty(); });
  };
  if (any(&ruletools::CheckedFile::errors)) {
    return kWrong;
  }
  return options.lint_is_fatal && any(&ruletools::CheckedFile::hints) ? kHintsAreFatal : kFine;
}

}  // namespace

extern const CommandSpec check_rules;
constinit const CommandSpec check_rules{
    .name = "check rules",
    .help = "Check rule files, and point out what is most likely a mistake",
    .group = CommandGroup::kPrepare,
    .bind = Bind<CheckRulesOptions, AddOptions, Run>};

}  // namespace hakem::cli
