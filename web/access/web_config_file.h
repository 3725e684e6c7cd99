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

/// A web.yml in force, and the objects that were made from it.
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

/// web.yml on disk. Reloads it when it or a file that it names has changed, which it checks at most
/// once a second. An invalid or empty file is ignored, which the log and
/// hakem_web_config_last_reload_successful report. A file that has no users any more, or that asks
/// less of client certificates, is applied only if it is the same at the next check, because it may
/// be half written. Open connections keep the old one. Thread-safe.
class WebConfigFile {
 public:
  struct Deps {
    const Clock& clock;
    Instruments& instruments;
    Logger log;
  };

  /// Errors: kInvalidInput: the file, a certificate or a key is invalid or cannot be read.
  static Result<std::unique_ptr<WebConfigFile>> Open(std::string path, const Deps& deps);

  /// The configuration in force, after checking the files for changes if that is due. Never null.
  std::shared_ptr<const LoadedWebConfig> Current();

  /// The configuration in force, without checking the files. Never blocks, never null.
  std::shared_ptr<const LoadedWebConfig> InForce() const { return loaded_.Get(); }

 private:
  /// The state of a file at the last check. Differs after the file was written or replaced.
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

  /// Reads all files. Sets `marks` to their state before they were read.
  Loaded Load(std::vector<Mark>& marks) const;
  void CheckForChanges() EXCLUDES(mutex_);
  void Judge(const Loaded& read);

  const std::string path_;
  const Deps deps_;
  Published<LoadedWebConfig> loaded_;
  std::atomic<SteadyTime> next_check_;
  Mutex mutex_;
  std::vector<Mark> seen_ GUARDED_BY(mutex_);  ///< At the last attempt to load them.
  bool awaited_ GUARDED_BY(mutex_) = false;    ///< Whether that version was less strict.
};

}  // namespace hakem::web
