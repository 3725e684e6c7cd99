#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "web/http/http.h"

namespace hakem::web {

/// Annotations of an answer. Empty lists are not written.
struct ApiNotes {
  std::vector<std::string> warnings = {};
  std::vector<std::string> infos = {};
};

/// Builds a successful answer of Prometheus' API in one buffer: `{"status":"success","data":…}`.
class ApiAnswer {
 public:
  /// The buffer to which the data is appended, as one JSON document.
  std::string& data() { return body_; }

  /// Appends the rest and moves the buffer into the response. To be called once.
  Response Finish(const ApiNotes& notes = {});

 private:
  std::string body_ = R"({"status":"success","data":)";
};

/// A successful answer with the given data. Requires: `data` is a JSON document.
Response ApiSuccess(std::string_view data, const ApiNotes& notes = {});

/// An error: `{"status":"error","errorType":"bad_data","error":…}`. Types and statuses are
/// Prometheus': bad_data 400, execution 422, canceled 499, not_found 404, timeout and unavailable
/// 503, internal 500.
Response ApiError(int status, std::string_view error_type, std::string_view message);

/// An error of status 400: a parameter is wrong.
Response BadData(std::string_view message);

}  // namespace hakem::web
