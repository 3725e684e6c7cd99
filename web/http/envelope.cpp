#include "web/http/envelope.h"

namespace hakem::web {
namespace {

void WriteTexts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  if (!texts.empty()) {
    json.Key(key).Array(texts, [&](const std::string& text) { json.Value(text); });
  }
}

}  // namespace

void WriteNotes(JsonWriter& json, const ApiNotes& notes) {
  WriteTexts(json, "warnings", notes.warnings);
  WriteTexts(json, "infos", notes.infos);
}

Response ApiError(int status, std::string_view error_type, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.Object([&] {
    json.Member("status", "error");
    json.Member("errorType", error_type);
    json.Member("error", message);
  });
  return JsonResponse(status, std::move(body));
}

Response BadData(std::string_view message) {
  return ApiError(400, "bad_data", message);
}

}  // namespace hakem::web
