#pragma once

#include "model/clock.h"
#include "model/instruments.h"
#include "web/access/web_config_file.h"
#include "web/http.h"

namespace hakem::web {

/// Carries out web.yml at the door: the rate limit (429), passwords (401, on every path), and the
/// headers that it puts on answers. Who got in by a password is told to the handler as
/// authenticated. Counts whom it turns away in hakem_http_refused_total. Thread-safe.
class AccessControl {
 public:
  /// All outlive it.
  AccessControl(WebConfigFile& file, const Clock& clock, Instruments& instruments, Handler next);

  Response Answer(const Request& request);

 private:
  Response TurnAway(Response response, std::string_view reason);
  Response AnswerWithPassword(const LoadedWebConfig& loaded, const Request& request);

  WebConfigFile& file_;
  const Clock& clock_;
  Instruments& instruments_;
  const Handler next_;
};

}  // namespace hakem::web
