#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/line/command.h"
#include "cli/line/options.h"
#include "cli/line/shared_options.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "cli/output/result.h"
#include "cli/query/ask_server.h"
#include "cli/query/query_answer.h"
#include "cli/query/query_request.h"
#include "cli/rules/rule_list.h"
#include "exporter/clients/fetch.h"
#include "format/nearest_name.h"
#include "model/clock.h"
#include "ruletools/explain/explanation.h"

namespace hakem::cli {
namespace {

constexpr Duration kAnswerWithin = std::chrono::seconds(10);

struct ExplainRuleOptions {
  std::string name;
  std::string server;
  OutputOptions output;
};

void AddOptions(CLI::App& command, ExplainRuleOptions& options) {
  AddArgument(command, "NAME", options.name, "the name of the alert or of the recorded metric");
  AddServer(command, options.server, "the running Hakem or Prometheus to ask");
  AddOutput(command, options.output, {"text", "json"}, OldOutput::kFile);
}

/// The rules with this name. Errors: kNotFound, with the nearest name.
Result<std::vector<ListedRule>> FindRules(const ExplainRuleOptions& options) {
  Result<std::vector<ListedRule>> all =
      exporter::Fetch(options.server + "/api/v1/rules", kAnswerWithin).and_then(ReadRules);
  if (!all) {
    return all;
  }
  std::vector<ListedRule> found;
  std::vector<std::string_view> names;
  for (const ListedRule& listed : *all) {
    names.push_back(listed.rule.name);
    if (listed.rule.name == options.name) {
      found.push_back(listed);
    }
  }
  if (found.empty()) {
    return Fail(ErrorCode::kNotFound, fmt::format("the server has no rule \"{}\"{}", options.name,
                                                  DidYouMean(options.name, names)));
  }
  return found;
}

Result<promql::Vector> AsVector(const QueryAnswer& answer) {
  if (const auto* vector = std::get_if<promql::Vector>(&answer.value)) {
    return *vector;
  }
  if (const auto* scalar = std::get_if<promql::Scalar>(&answer.value)) {
    return promql::Vector{{Labels{}, scalar->time, scalar->value}};
  }
  return Fail(ErrorCode::kInvalidInput, "the result is neither a vector nor a scalar");
}

/// Evaluates queries with the server, all at one time.
ruletools::AskVector MakeAsk(const std::string& server, Timestamp now) {
  return [&server, now](const std::string& query) -> Result<promql::Vector> {
    return MakeQueryRequest(query, {}, now)
        .and_then([&](const QueryRequest& request) { return AskServer(server, request); })
        .and_then([](const std::string& body) { return ReadQueryAnswer(body); })
        .and_then(AsVector);
  };
}

/// The server's time: ages are measured by the clock that stamps the samples.
Result<Timestamp> ServerTime(const std::string& server) {
  const auto answer = AskServer(server, {.range = {}, .form = "query=time()"})
                          .and_then([](const std::string& body) { return ReadQueryAnswer(body); })
                          .and_then(AsVector);
  if (!answer) {
    return Fail(answer.error());
  }
  return answer->empty() ? Result<Timestamp>(SystemClock().Now()) : answer->front().time;
}

Result<std::string> Explain(const ExplainRuleOptions& options) {
  const Result<std::vector<ListedRule>> found = FindRules(options);
  if (!found) {
    return Fail(found.error());
  }
  const Result<Timestamp> now = ServerTime(options.server);
  if (!now) {
    return Fail(now.error());
  }
  const bool is_json = options.output.format == "json";
  std::string text;
  for (const ListedRule& listed : *found) {
    const auto explanation = ruletools::Explain(listed.rule.query, promql::Features::All(), *now,
                                                MakeAsk(options.server, *now));
    if (!explanation) {
      return Fail(explanation.error());
    }
    const std::string where = fmt::format("group \"{}\" of {}", listed.group, listed.file);
    text += text.empty() ? "" : is_json ? ",\n" : "\n";
    text += is_json ? ruletools::ExplanationJson(listed.rule, where, *explanation, *now)
                    : ruletools::FormatExplanation(listed.rule, where, *explanation, *now);
  }
  return is_json ? fmt::format("[{}]", text) : text;
}

int Run(const ExplainRuleOptions& options) {
  if (const Result<void> writable = CheckOutput(options.output); !writable) {
    return Report(writable.error());
  }
  const Result<void> written = Explain(options).and_then(
      [&](const std::string& text) { return WriteResult(options.output, text); });
  return written ? kFine : Report(written.error());
}

}  // namespace

extern const CommandSpec explain_rule;
constinit const CommandSpec explain_rule{
    .name = "explain rule",
    .help = "Show which series a rule finds, where it loses some, and how far it is from firing",
    .group = CommandGroup::kAsk,
    .bind = Bind<ExplainRuleOptions, AddOptions, Run>};

}  // namespace hakem::cli
