#pragma once

#include <string>

#include "model/regex.h"
#include "web/http/http.h"

namespace hakem::web {

/// Which pages of other origins may read the API in a browser (CORS). Without a pattern: none.
class CrossOrigin {
 public:
  CrossOrigin() = default;

  /// `origins`: a regular expression that the whole of `https://grafana.example.com` must match.
  explicit CrossOrigin(Regex origins) : origins_(std::move(origins)) {}

  bool allows_any() const { return origins_.has_value(); }

  /// Adds to an answer the headers that let the request's origin read it.
  void Allow(const Request& request, Response& response) const;

  /// The answer to a browser that asks before it sends: 204, with those headers or without.
  Response Preflight(const Request& request) const;

 private:
  std::optional<Regex> origins_;
};

}  // namespace hakem::web
