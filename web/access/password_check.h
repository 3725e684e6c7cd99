#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/mutex.h"
#include "model/secret.h"

namespace hakem::web {

/// Whether it is a bcrypt hash as htpasswd -B makes it: `$2y$10$…`, also `$2a$` and `$2b$`.
bool IsBcryptHash(std::string_view text);

/// Checks passwords against bcrypt hashes, each of which costs a tenth of a second on purpose.
/// Successes are remembered (as a digest, never the password), so that a scraper pays once;
/// failures are not. Every check does the work of the costliest hash of the file, whoever is asked
/// for: an unknown user, a wrong password and users of different costs take the same time.
/// Thread-safe.
class PasswordCheck {
 public:
  /// Requires: every hash is one by IsBcryptHash.
  explicit PasswordCheck(std::map<std::string, Secret> users);

  /// Whether the password was right before. Cheap.
  bool Remembers(const std::string& user, const std::string& password) EXCLUDES(mutex_);

  /// Whether the password is the user's. Takes as long as bcrypt does, unless it is remembered.
  bool IsRight(const std::string& user, const std::string& password) EXCLUDES(mutex_);

 private:
  using Digest = std::array<unsigned char, 32>;

  /// The user's hash, or one that no password has and that costs as much as the costliest.
  const std::string& HashOf(const std::string& user) const;
  Digest DigestOf(const std::string& user, const std::string& password) const;

  const std::map<std::string, Secret> users_;
  const int highest_cost_;
  const std::string nobodys_hash_;
  Mutex mutex_;
  std::set<Digest> right_ GUARDED_BY(mutex_);
};

/// The costs of further hashes with which a check of a hash of cost `own` does the work of one of
/// cost `highest`: a cost of one more is twice the work. 10 and 12: {10, 11}.
std::vector<int> PaddingCosts(int own, int highest);

}  // namespace hakem::web
