#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/json_writer.h"
#include "web/http/http.h"

namespace hakem::web {

/// Annotations of an answer. Empty lists are not written.
struct ApiNotes {
  std::vector<std::string> warnings = {};
  std::vector<std::string> infos = {};
};

/// Writes the members that end a successful answer.
void WriteNotes(JsonWriter& json, const ApiNotes& notes);

/// A successful answer of Prometheus' API: `{"status":"success","data":…}`. `write(json)` writes
/// the data as one value, and may still change `notes`.
template <std::invocable<JsonWriter&> Write>
Response ApiSuccess(Write write, const ApiNotes& notes = {}) {
  std::string body;
  JsonWriter json(body);
  json.Object([&] {
    json.Member("status", "success");
    json.Key("data");
    write(json);
    WriteNotes(json, notes);
  });
  return JsonResponse(200, std::move(body));
}

/// A successful answer whose data is an object: `write(json)` writes its members.
template <std::invocable<JsonWriter&> Write>
Response ApiObject(Write write, const ApiNotes& notes = {}) {
  return ApiSuccess([&](JsonWriter& json) { json.Object([&] { write(json); }); }, notes);
}

/// An error: `{"status":"error","errorType":"bad_data","error":…}`. Types and statuses are
/// Prometheus': bad_data 400, execution 422, canceled 499, not_found 404, timeout and unavailable
/// 503, internal 500.
Response ApiError(int status, std::string_view error_type, std::string_view message);

/// An error of status 400: a parameter is wrong.
Response BadData(std::string_view message);

}  // namespace hakem::web
