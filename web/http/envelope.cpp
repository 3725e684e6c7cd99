#include "web/http/envelope.h"

#include <utility>

#include "format/json.h"

namespace hakem::web {

Response ApiAnswer::Finish(const ApiNotes& notes) {
  if (!notes.warnings.empty()) {
    body_ += R"(,"warnings":)";
    AppendJsonStrings(body_, notes.warnings);
  }
  if (!notes.infos.empty()) {
    body_ += R"(,"infos":)";
    AppendJsonStrings(body_, notes.infos);
  }
  body_ += '}';
  return JsonResponse(200, std::move(body_));
}

Response ApiSuccess(std::string_view data, const ApiNotes& notes) {
  ApiAnswer answer;
  answer.data() += data;
  return answer.Finish(notes);
}

Response ApiError(int status, std::string_view error_type, std::string_view message) {
  std::string json = R"({"status":"error","errorType":)";
  AppendJsonString(json, error_type);
  json += R"(,"error":)";
  AppendJsonString(json, message);
  json += '}';
  return JsonResponse(status, std::move(json));
}

Response BadData(std::string_view message) {
  return ApiError(400, "bad_data", message);
}

}  // namespace hakem::web
