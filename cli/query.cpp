#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>

#include "cli/line/command.h"
#include "cli/line/options.h"
#include "cli/line/shared_options.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "cli/query/ask_server.h"
#include "cli/query/caret.h"
#include "cli/query/query_answer.h"
#include "cli/query/query_graph.h"
#include "cli/query/query_request.h"
#include "cli/query/query_table.h"
#include "config/import_file.h"
#include "web/api_v1/query/query_handler.h"

namespace hakem::cli {
namespace {

constexpr std::string_view kParameterPrefix = "invalid parameter \"query\": ";
constexpr std::size_t kPlainWidth = 80;

struct QueryOptions {
  std::string expr;
  QueryTimes times;
  std::string server;
  std::string data_file;      ///< OpenMetrics to query instead of a server; empty: none.
  promql::Features features;  ///< For `data_file`; a server has its own.
  OutputOptions output;
};

void AddOptions(CLI::App& command, QueryOptions& options) {
  AddArgument(command, "EXPR", options.expr, "the PromQL expression");
  AddServer(command, options.server, "the Hakem or Prometheus to ask");
  AddText(command, "--data", options.data_file,
          "query an OpenMetrics file with timestamps instead of a server", "FILE");
  AddText(command, "--time", options.times.time,
          "the instant, or the end of the range: RFC 3339 or seconds since 1970 (default: now; "
          "with --data, the newest sample)",
          "TIME");
  AddDuration(command, "--range", "evaluate over a range of this length",
              [&options](Duration length) { options.times.range = length; });
  AddDuration(command, "--step", "time between the points of a range (default: about 200 points)",
              [&options](Duration length) { options.times.step = length; });
  AddOutput(command, options.output, {"table", "json", "graph"}, OldOutput::kFileOrFormat);
  AddFeatures(command, "with --data: experimental PromQL features, as for hakem serve",
              options.features);
}

/// What a server with this data would answer.
std::string AskData(const tsdb::Queryable& data, const QueryRequest& request,
                    promql::Features features) {
  web::QueryHandler handler({.data = data, .clock = SystemClock(), .features = features});
  const web::Request http{.method = "POST",
                          .headers = {{"Content-Type", std::string(kFormType)}},
                          .body = request.form};
  return *(request.range ? handler.Range(http) : handler.Instant(http)).body;
}

/// Reports an error with the place in the expression that it is about.
int ReportQueryError(const Error& error, std::string_view expr) {
  std::string_view message = error.message;
  if (message.starts_with(kParameterPrefix)) {
    message.remove_prefix(kParameterPrefix.size());
  }
  return Report({error.code, PointAt(message, expr)});
}

void PrintAnnotations(const QueryAnswer& answer, std::string_view expr) {
  for (const auto* annotations : {&answer.warnings, &answer.infos}) {
    for (const std::string& annotation : *annotations) {
      PrintError(PointAt(annotation, expr) + '\n');
    }
  }
}

/// The graph is as wide and high as the terminal allows, and 80 columns wide without one.
GraphOptions GraphOptionsFor(const OutputOptions& output) {
  GraphOptions options{.width = kPlainWidth};
  winsize size{};
  options.colour = output.file.empty() && IsOutputTerminal();
  if (options.colour && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    options.width = size.ws_col;
    options.height = std::max<std::size_t>(options.height, size.ws_row / 2U);
  }
  return options;
}

Result<void> WriteAnswer(const QueryAnswer& answer, const QueryRequest& request,
                         const OutputOptions& output) {
  const auto* matrix = std::get_if<promql::Matrix>(&answer.value);
  if (output.format != "graph" || matrix == nullptr || !request.range) {
    return WriteResult(output, FormatQueryTable(answer.value));
  }
  const std::string graph = DrawGraph(*matrix, *request.range, GraphOptionsFor(output));
  if (output.file.empty()) {
    PrintExactly(graph);  // Its colours are control characters.
    return {};
  }
  return WriteResult(output, graph);
}

/// Evaluates with the server, or over `data` if there is a data file.
Result<std::string> Evaluate(const QueryOptions& options, const QueryRequest& request,
                             const tsdb::Queryable& data) {
  return options.data_file.empty() ? AskServer(options.server, request)
                                   : AskData(data, request, options.features);
}

int Query(const QueryOptions& options, const QueryRequest& request, const tsdb::Queryable& data) {
  const Result<std::string> body = Evaluate(options, request, data);
  if (!body) {
    return Report(body.error());
  }
  const Result<QueryAnswer> answer = ReadQueryAnswer(*body);
  if (!answer) {
    return ReportQueryError(answer.error(), options.expr);
  }
  const bool is_json = options.output.format == "json";
  if (!is_json) {
    PrintAnnotations(*answer, options.expr);
  }
  const Result<void> written =
      is_json ? WriteResult(options.output, *body) : WriteAnswer(*answer, request, options.output);
  return written ? kFine : Report(written.error());
}

int Run(const QueryOptions& options) {
  if (const Result<void> writable = CheckOutput(options.output); !writable) {
    return Report(writable.error());
  }
  Timestamp now = SystemClock().Now();
  tsdb::Store data(config::KeepEverything());
  if (!options.data_file.empty()) {
    if (const auto imported = config::ImportFile(options.data_file, data); !imported) {
      return Report(imported.error());
    }
    now = data.Stats().max_time.value_or(now);
  }
  QueryTimes times = options.times;
  times.needs_range = options.output.format == "graph";
  const Result<QueryRequest> request = MakeQueryRequest(options.expr, times, now);
  return request ? Query(options, *request, data) : Report(request.error());
}

}  // namespace

extern const CommandSpec query;
constinit const CommandSpec query{
    .name = "query",
    .help = "Evaluate a PromQL expression and print its value as a table, a graph or JSON",
    .group = CommandGroup::kAsk,
    .bind = Bind<QueryOptions, AddOptions, Run>};

}  // namespace hakem::cli
