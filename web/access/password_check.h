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

/// Whether the text is a bcrypt hash, as htpasswd -B prints it: `$2y$10$…`, or with `$2a$` or
/// `$2b$`.
bool IsBcryptHash(std::string_view text);

/// Checks passwords against bcrypt hashes, each of which costs a tenth of a second on purpose.
/// Remembers verified passwords, as digests, so that a scraper's is checked once; does not remember
/// wrong ones. An unknown user, a wrong password and users with hashes of different costs all take
/// the same time: that of the most expensive hash. Thread-safe.
class PasswordCheck {
 public:
  /// Requires: IsBcryptHash() is true for every hash.
  explicit PasswordCheck(std::map<std::string, Secret> users);

  /// Whether the password was verified before. Cheap.
  bool Remembers(const std::string& user, const std::string& password) EXCLUDES(mutex_);

  /// Whether the password is the user's. Takes as long as bcrypt unless it is remembered.
  bool IsRight(const std::string& user, const std::string& password) EXCLUDES(mutex_);

 private:
  using Digest = std::array<unsigned char, 32>;

  /// The user's hash. For unknown users, a hash of the highest cost that no password matches.
  const std::string& HashOf(const std::string& user) const;
  Digest DigestOf(const std::string& user, const std::string& password) const;

  const std::map<std::string, Secret> users_;
  const int highest_cost_;
  const std::string nobodys_hash_;
  Mutex mutex_;
  std::set<Digest> right_ GUARDED_BY(mutex_);
};

/// Costs of hashes to compute in addition to one of cost `own`, so that the work is that of one
/// hash of cost `highest`. Each cost is twice the work of the one below: for 10 and 12, {10, 11}.
std::vector<int> PaddingCosts(int own, int highest);

}  // namespace hakem::web
