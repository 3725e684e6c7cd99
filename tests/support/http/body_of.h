#pragma once

#include <string>

#include "web/http/http.h"

namespace hakem {

/// The whole body, as a client reads it.
inline std::string BodyOf(const web::Response& response) {
  std::string body = *response.body;
  for (const auto& part : response.more) {
    body += *part;
  }
  return body;
}

}  // namespace hakem
