#include "web/api_v1.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace hakem::web {

Response ApiSuccess(std::string_view data) {
  return JsonResponse(200, fmt::format(R"({{"status":"success","data":{}}})", data));
}

Response ApiError(int status, std::string_view error_type, std::string_view message) {
  const nlohmann::ordered_json envelope{
      {"status", "error"}, {"errorType", error_type}, {"error", message}};
  using Json = nlohmann::ordered_json;
  return JsonResponse(status, envelope.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace hakem::web
