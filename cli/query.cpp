#include "cli/query.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

#include "cli/commands.h"
#include "cli/output/output.h"
#include "cli/query/caret.h"
#include "cli/query/query_answer.h"
#include "cli/query/query_graph.h"
#include "cli/query/query_table.h"
#include "config/import_file.h"
#include "exporter/clients/curl_http_client.h"
#include "web/api_v1/query/query_handler.h"
#include "web/api_v1/request/parameters.h"

namespace hakem::exporter {
namespace {

constexpr Duration kAnswerWithin = std::chrono::seconds(130);  // A query may take two minutes.
constexpr std::size_t kMostAnswerBytes = std::size_t{256} << 20;
constexpr Duration kGraphRange = std::chrono::hours(1);
constexpr std::int64_t kPointsOfRange = 200;
constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kInstantPath = "/api/v1/query";
constexpr std::string_view kRangePath = "/api/v1/query_range";
constexpr std::string_view kParameterPrefix = "invalid parameter \"query\": ";
constexpr std::size_t kPlainWidth = 80;

std::string FormEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      encoded += c;
    } else {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

/// What is asked: an endpoint and its form.
struct Question {
  std::optional<promql::StepRange> range;
  std::string form;
};

std::string InSeconds(Timestamp time) {
  return fmt::format("{:.3f}", ToUnixSeconds(time));
}

Result<Question> MakeQuestion(const QueryOptions& options, Timestamp now) {
  const Result<Timestamp> time =
      options.time.empty() ? Result<Timestamp>(now) : web::ParseApiTime(options.time);
  if (!time) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("--time: {}", time.error().message));
  }
  Question question{.range = {}, .form = "query=" + FormEncoded(options.expr)};
  const bool draws = options.output == "graph";
  if (!options.range && !draws) {
    question.form += "&time=" + InSeconds(*time);
    return question;
  }
  const Duration range = options.range.value_or(kGraphRange);
  const Duration some = std::chrono::ceil<std::chrono::seconds>(range / kPointsOfRange);
  const Duration step = options.step.value_or(std::max<Duration>(some, std::chrono::seconds(1)));
  question.range = promql::StepRange{*time - range, *time, step};
  fmt::format_to(std::back_inserter(question.form), "&start={}&end={}&step={:.3f}",
                 InSeconds(question.range->start), InSeconds(question.range->end), ToSeconds(step));
  return question;
}

/// The body of the server's answer, be it an error.
Result<std::string> AskServer(const std::string& server, const Question& question) {
  CurlHttpClient client;
  const auto response =
      client.Send({.method = "POST",
                   .url = Secret(server + std::string(question.range ? kRangePath : kInstantPath)),
                   .headers = {{"Content-Type", std::string(kForm)}},
                   .body = question.form,
                   .timeout = kAnswerWithin,
                   .max_answer_bytes = kMostAnswerBytes},
                  {});
  return response.transform([](const auto& answer) { return answer.body; });
}

std::string AskData(const tsdb::Queryable& data, const Question& question,
                    promql::Features features) {
  web::QueryHandler handler({.data = data, .clock = SystemClock(), .features = features});
  const web::Request request{
      .method = "POST", .headers = {{"Content-Type", std::string(kForm)}}, .body = question.form};
  return *(question.range ? handler.Range(request) : handler.Instant(request)).body;
}

/// An error of the expression, with the place in it.
int ReportQueryError(const Error& error, std::string_view expr) {
  std::string_view message = error.message;
  if (message.starts_with(kParameterPrefix)) {
    message.remove_prefix(kParameterPrefix.size());
  }
  return Report({error.code, PointAt(message, expr)});
}

void PrintNotes(const QueryAnswer& answer, std::string_view expr) {
  for (const auto* notes : {&answer.warnings, &answer.infos}) {
    for (const std::string& note : *notes) {
      PrintError(PointAt(note, expr) + '\n');
    }
  }
}

/// As wide and high as the terminal allows; 80 columns where there is none.
GraphOptions ForOutput() {
  GraphOptions options{.width = kPlainWidth};
  winsize size{};
  options.colour = isatty(STDOUT_FILENO) != 0;
  if (options.colour && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    options.width = size.ws_col;
    options.height = std::max<std::size_t>(options.height, size.ws_row / 2U);
  }
  return options;
}

void PrintValue(const QueryAnswer& answer, const QueryOptions& options, const Question& question) {
  const auto* matrix = std::get_if<promql::Matrix>(&answer.value);
  const bool draws = options.output == "graph" && matrix != nullptr && question.range;
  if (draws) {
    PrintExactly(DrawGraph(*matrix, *question.range, ForOutput()));  // Its colours are controls.
  } else {
    Print(FormatQueryTable(answer.value));
  }
}

}  // namespace

int Query(const QueryOptions& options) {
  Timestamp now = SystemClock().Now();
  tsdb::Store data(KeepEverything());
  if (!options.data.empty()) {
    if (const auto imported = ImportFile(options.data, data); !imported) {
      return Report(imported.error());
    }
    now = data.Stats().max_time.value_or(now);
  }
  const Result<Question> question = MakeQuestion(options, now);
  if (!question) {
    return Report(question.error());
  }
  const Result<std::string> body =
      options.data.empty() ? AskServer(options.server, *question)
                           : Result<std::string>(AskData(data, *question, options.features));
  if (!body) {
    return Report(body.error());
  }
  const Result<QueryAnswer> answer = ReadQueryAnswer(*body);
  if (!answer) {
    return ReportQueryError(answer.error(), options.expr);
  }
  if (options.output == "json") {
    Print(*body + '\n');
    return kFine;
  }
  PrintNotes(*answer, options.expr);
  PrintValue(*answer, options, *question);
  return kFine;
}

}  // namespace hakem::exporter
