#include "web/http/refusal.h"

#include "web/http/envelope.h"

namespace hakem::web {
namespace {

constexpr std::string_view kApiPrefix = "/api/";

}  // namespace

Response Refusal(std::string_view path, int status, std::string_view error_type,
                 std::string_view message) {
  return path.starts_with(kApiPrefix) ? ApiError(status, error_type, message)
                                      : TextResponse(status, message);
}

Response Overloaded(std::string_view path, std::string_view message) {
  Response response = Refusal(path, 503, "unavailable", message);
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

}  // namespace hakem::web
