#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "web/http/http.h"

namespace hakem::web {

/// What an answer says beside its data; empty lists are left out.
struct ApiNotes {
  std::vector<std::string> warnings = {};
  std::vector<std::string> infos = {};
};

/// `{"status":"success","data":…}`, the envelope of Prometheus' HTTP API, built in one buffer.
class ApiAnswer {
 public:
  /// Where the data is appended: one JSON document.
  std::string& data() { return body_; }

  /// To be called once.
  Response Finish(const ApiNotes& notes = {});

 private:
  std::string body_ = R"({"status":"success","data":)";
};

/// The envelope around data that is there already. Requires: `data` is a JSON document.
Response ApiSuccess(std::string_view data, const ApiNotes& notes = {});

/// `{"status":"error","errorType":"bad_data","error":…}`. Types and statuses are Prometheus':
/// bad_data 400, execution 422, canceled 499, not_found 404, timeout and unavailable 503,
/// internal 500.
Response ApiError(int status, std::string_view error_type, std::string_view message);

/// 400: a parameter is wrong.
Response BadData(std::string_view message);

}  // namespace hakem::web
