#include "web/api_v1/status/not_offered.h"

#include "web/http/envelope.h"

namespace hakem::web {
namespace {

Response RemoteRead(const Call&) {
  return ApiError(404, "not_found",
                  "404 page not found: remote read is not offered: use /api/v1/query_range or "
                  "/federate");
}

Response RemoteWrite(const Call&) {
  return ApiError(404, "not_found",
                  "404 page not found: remote write is not taken: Hakem collects by itself");
}

Response Notifications(const Call&) {
  return ApiSuccess([](JsonWriter& json) { json.Array([] {}); });
}

/// The status 204 makes a browser close the event stream for good: there are no notifications.
Response LiveNotifications(const Call&) {
  return {.status = 204};
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/api/v1/read",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .answer = RemoteRead},
    {.path = "/api/v1/write",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .answer = RemoteWrite},
    {.path = "/api/v1/notifications", .kind = Kind::kApi, .answer = Notifications},
    {.path = "/api/v1/notifications/live", .kind = Kind::kApi, .answer = LiveNotifications},
};

}  // namespace

const EndpointTable kNotOfferedEndpoints = kEndpoints;

}  // namespace hakem::web
