#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <thread>

#include "model/clock.h"
#include "model/instruments.h"
#include "web/access/doorkeeper.h"
#include "web/access/password_queue.h"
#include "web/access/web_config_file.h"
#include "web/http/http.h"

namespace hakem::web {

/// Carries out web.yml at the door: the rate limit (429), passwords (401, on every path), and the
/// headers that it puts on answers. A password that was right before is let in at once; others are
/// checked on threads of its own (password_queue.h). Looks every second whether web.yml has
/// changed. Counts whom it turns away in hakem_http_refused_total. Thread-safe.
class AccessControl final : public Doorkeeper {
 public:
  /// All outlive it.
  AccessControl(WebConfigFile& file, const Clock& clock, Instruments& instruments);

  std::optional<Verdict> Judge(const Request& head, Later later) override;
  void PutHeaders(Response& response) override;

 private:
  void LookAgain();
  Verdict TurnAway(Response response, std::string_view reason);
  Verdict JudgePassword(bool right);
  std::optional<Verdict> JudgeCredentials(std::shared_ptr<const LoadedWebConfig> loaded,
                                          const Request& head, Later later);

  WebConfigFile& file_;
  const Clock& clock_;
  Instruments& instruments_;
  PasswordQueue queue_;
  std::jthread looker_;  // Last: it uses the others.
};

}  // namespace hakem::web
