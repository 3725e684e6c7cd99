#pragma once

#include <array>
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "model/mutex.h"
#include "model/secret.h"

namespace hakem::web {

/// Whether it is a bcrypt hash as htpasswd -B makes it: `$2y$10$…`, also `$2a$` and `$2b$`.
bool IsBcryptHash(std::string_view text);

/// Checks passwords against bcrypt hashes, each of which costs a tenth of a second on purpose.
/// Successes are remembered (as a digest, never the password), so that a scraper pays once;
/// failures are not. An unknown user costs the same as a wrong password, and comparisons take the
/// same time whatever differs. Thread-safe.
class PasswordCheck {
 public:
  enum class Outcome {
    kRight,
    kWrong,  ///< Or no such user.
    kBusy,   ///< kMostAtOnce others are being checked: whoever guesses does not get every thread.
  };

  static constexpr int kMostAtOnce = 2;

  /// Requires: every hash is one by IsBcryptHash.
  explicit PasswordCheck(std::map<std::string, Secret> users);

  Outcome Check(const std::string& user, const std::string& password);

 private:
  using Digest = std::array<unsigned char, 32>;

  const std::map<std::string, Secret> users_;
  const std::string nobodys_hash_;  ///< As costly as the users'; matches no password.
  std::atomic<int> checking_{0};
  Mutex mutex_;
  std::set<Digest> right_ GUARDED_BY(mutex_);
};

}  // namespace hakem::web
