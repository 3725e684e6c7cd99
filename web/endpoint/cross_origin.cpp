#include "web/endpoint/cross_origin.h"

namespace hakem::web {

void CrossOrigin::Allow(const Request& request, Response& response) const {
  if (!origins_) {
    return;
  }
  response.headers.push_back({"Vary", "Origin"});
  const std::string_view origin = request.Header("Origin");
  if (origin.empty() || !origins_->Matches(origin)) {
    return;
  }
  response.headers.insert(
      response.headers.end(),
      {{"Access-Control-Allow-Origin", std::string(origin)},
       {"Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Origin"},
       {"Access-Control-Allow-Methods", "GET, POST, OPTIONS"},
       {"Access-Control-Expose-Headers", "Date"}});
}

Response CrossOrigin::Preflight(const Request& request) const {
  Response response{.status = 204};
  Allow(request, response);
  return response;
}

}  // namespace hakem::web
