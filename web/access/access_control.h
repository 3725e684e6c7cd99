#pragma once

#include <memory>
#include <optional>
#include <thread>

#include "model/clock.h"
#include "model/instruments.h"
#include "web/access/authorizer.h"
#include "web/access/password_queue.h"
#include "web/access/web_config_file.h"
#include "web/http/http.h"
#include "web/http/refusal_counter.h"

namespace hakem::web {

/// Enforces web.yml: the rate limit (429), passwords (401, on every path), and the response
/// headers. Accepts passwords that it has verified before at once; checks others on its own threads
/// (password_queue.h). Checks every second whether web.yml has changed. Counts refused requests in
/// hakem_http_refused_total. Thread-safe.
class AccessControl final : public Authorizer {
 public:
  /// The arguments outlive it.
  AccessControl(WebConfigFile& file, const Clock& clock, Instruments& instruments);

  std::optional<Verdict> Judge(const Request& head, Callback callback) override;
  void AddHeaders(Response& response) override;

 private:
  void Poll();
  Verdict TurnAway(Response response, RefusalReason reason);
  Verdict JudgePassword(bool right);
  std::optional<Verdict> JudgeCredentials(const std::shared_ptr<const LoadedWebConfig>& loaded,
                                          const Request& head, const Callback& callback);

  WebConfigFile& file_;
  const Clock& clock_;
  const RefusalCounter refusals_;
  PasswordQueue queue_;
  std::jthread poller_;  // Last: it uses the others.
};

}  // namespace hakem::web
