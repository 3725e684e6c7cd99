#include "cli/query/ask_server.h"

#include "exporter/clients/curl_http_client.h"

namespace hakem::cli {
namespace {

constexpr Duration kAnswerWithin = std::chrono::seconds(130);  // A query may take two minutes.
constexpr std::size_t kMostAnswerBytes = std::size_t{256} << 20;
constexpr std::string_view kInstantPath = "/api/v1/query";
constexpr std::string_view kRangePath = "/api/v1/query_range";

}  // namespace

Result<std::string> AskServer(const std::string& server, const QueryRequest& request) {
  exporter::CurlHttpClient client;
  const auto response =
      client.Send({.method = "POST",
                   .url = Secret(server + std::string(request.range ? kRangePath : kInstantPath)),
                   .headers = {{"Content-Type", std::string(kFormType)}},
                   .body = request.form,
                   .timeout = kAnswerWithin,
                   .max_answer_bytes = kMostAnswerBytes},
                  {});
  return response.transform([](const auto& answer) { return answer.body; });
}

}  // namespace hakem::cli
