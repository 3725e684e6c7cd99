#pragma once

#include <string>

#include "model/regex.h"
#include "web/http/http.h"

namespace hakem::web {

/// Decides which pages of other origins may read the API in a browser (CORS). By default none.
class CrossOrigin {
 public:
  CrossOrigin() = default;

  /// `origins` must match a whole origin, as `https://grafana.example.com`.
  explicit CrossOrigin(Regex origins) : origins_(std::move(origins)) {}

  bool allows_any() const { return origins_.has_value(); }

  /// Adds the headers that let the request's origin read the response, if it may.
  void Allow(const Request& request, Response& response) const;

  /// Answers a preflight request: 204, with these headers if the origin is allowed.
  Response Preflight(const Request& request) const;

 private:
  std::optional<Regex> origins_;
};

}  // namespace hakem::web
