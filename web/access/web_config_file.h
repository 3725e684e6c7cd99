#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "model/clock.h"
#include "model/instruments.h"
#include "model/log.h"
#include "model/mutex.h"
#include "model/published.h"
#include "model/result.h"
#include "web/access/password_check.h"
#include "web/access/rate_limiter.h"
#include "web/access/tls_context.h"
#include "web/access/web_config.h"

namespace hakem::web {

/// A web.yml in force: what it says, and what was made of it.
struct LoadedWebConfig {
  explicit LoadedWebConfig(WebConfig read, std::shared_ptr<const TlsContext> context)
      : config(std::move(read)),
        tls(std::move(context)),
        passwords(std::make_unique<PasswordCheck>(config.users)),
        limiter(std::make_unique<RateLimiter>(config.rate_limit)) {}

  const WebConfig config;
  const std::shared_ptr<const TlsContext> tls;  ///< Null: without TLS.
  const std::unique_ptr<PasswordCheck> passwords;
  const std::unique_ptr<RateLimiter> limiter;
};

/// web.yml on disk. Looked at when it is asked for, at most once a second: when it or a file it
/// names has changed it is read again. A bad one, also an empty one, leaves the old in force; the
/// log and hakem_web_config_last_reload_successful say so. One that drops all users, or asks less
/// of client certificates, is taken when it is the same at the next look, as it may be half
/// written. Connections that are open go on. Thread-safe.
class WebConfigFile {
 public:
  struct Deps {
    const Clock& clock;
    Instruments& instruments;
    Logger log;
  };

  /// Errors: kInvalidInput: it, or a certificate or key, cannot be read or is wrong.
  static Result<std::unique_ptr<WebConfigFile>> Open(std::string path, const Deps& deps);

  /// What is in force, after a look at the files when one is due. Never null.
  std::shared_ptr<const LoadedWebConfig> Current();

  /// What is in force, without a look: never blocks. Never null.
  std::shared_ptr<const LoadedWebConfig> InForce() const { return loaded_.Get(); }

 private:
  /// How a file was when it was last looked at; changes when it is written or replaced.
  struct Mark {
    std::string path;
    std::int64_t device = 0;
    std::int64_t inode = 0;
    std::int64_t bytes = 0;
    std::int64_t changed_ns = 0;

    bool operator==(const Mark&) const = default;
  };

  using Loaded = Result<std::shared_ptr<const LoadedWebConfig>>;

  WebConfigFile(std::string path, Deps deps);

  static Mark MarkOf(const std::string& path);

  /// Reads everything; `marks` tell the files as they were before.
  Loaded Load(std::vector<Mark>& marks) const;
  void LookAgain() EXCLUDES(mutex_);
  void Judge(const Loaded& read);

  const std::string path_;
  const Deps deps_;
  Published<LoadedWebConfig> loaded_;
  std::atomic<SteadyTime> next_look_;
  Mutex mutex_;
  std::vector<Mark> seen_ GUARDED_BY(mutex_);  ///< When they were last read, well or not.
  bool awaited_ GUARDED_BY(mutex_) = false;    ///< Whether that one asked less of clients.
};

}  // namespace hakem::web
