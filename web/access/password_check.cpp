#include "web/access/password_check.h"

#include <crypt.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace hakem::web {
namespace {

constexpr std::size_t kHashBytes = 60;
constexpr std::size_t kSaltBytes = 29;  // `$2y$10$` and 22 characters.
constexpr std::size_t kMostRemembered = 100;
constexpr std::string_view kAlphabet =
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

/// Hashes the password with the salt and cost at the beginning of `setting`. "" when crypt fails.
std::string Hash(const std::string& password, const std::string& setting) {
  const auto data = std::make_unique<crypt_data>();  // 32 KiB: too large for the stack.
  const char* const hash = crypt_r(password.c_str(), setting.c_str(), data.get());
  std::string text = hash != nullptr ? hash : "";
  OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return text;
}

/// Requires: IsBcryptHash(hash).
int CostOf(std::string_view hash) {
  return (hash[4] - '0') * 10 + (hash[5] - '0');
}

int HighestCost(const std::map<std::string, Secret>& users) {
  int cost = users.empty() ? 10 : 0;
  for (const auto& [user, hash] : users) {
    cost = std::max(cost, CostOf(hash.Reveal()));
  }
  return cost;
}

/// The beginning of a hash of this cost, with an arbitrary salt.
std::string SettingOf(int cost) {
  return fmt::format("$2b${:02}${}", cost, std::string(kSaltBytes - 7, '.'));
}

/// A hash that no password matches: bcrypt never produces its last character with this salt.
std::string NobodysHash(int cost) {
  return SettingOf(cost) + std::string(kHashBytes - kSaltBytes, '.');
}

bool AreEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool IsBcryptHash(std::string_view text) {
  return text.size() == kHashBytes && text[0] == '$' && text[1] == '2' &&
         (text[2] == 'a' || text[2] == 'b' || text[2] == 'y') && text[3] == '$' &&
         IsDigit(text[4]) && IsDigit(text[5]) && text.substr(4, 2) >= "04" &&
         text.substr(4, 2) <= "31" && text[6] == '$' &&
         text.find_first_not_of(kAlphabet, 7) == text.npos;
}

std::vector<int> PaddingCosts(int own, int highest) {
  std::vector<int> costs;
  for (int cost = own; cost < highest; ++cost) {
    costs.push_back(cost);
  }
  return costs;
}

PasswordCheck::PasswordCheck(std::map<std::string, Secret> users)
    : users_(std::move(users)),
      highest_cost_(HighestCost(users_)),
      nobodys_hash_(NobodysHash(highest_cost_)) {}

const std::string& PasswordCheck::HashOf(const std::string& user) const {
  const auto found = users_.find(user);
  return found != users_.end() ? found->second.Reveal() : nobodys_hash_;
}

/// Separates the parts by NUL, which none of them contains.
PasswordCheck::Digest PasswordCheck::DigestOf(const std::string& user,
                                              const std::string& password) const {
  const std::string known = HashOf(user) + '\0' + user + '\0' + password;
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(known.data()), known.size(), digest.data());
  return digest;
}

bool PasswordCheck::Remembers(const std::string& user, const std::string& password) {
  const Digest digest = DigestOf(user, password);
  const MutexLock lock(mutex_);
  return right_.contains(digest);
}

bool PasswordCheck::IsRight(const std::string& user, const std::string& password) {
  if (Remembers(user, password)) {
    return true;
  }
  if (password.find('\0') != password.npos) {
    return false;
  }
  const std::string& hash = HashOf(user);
  const bool right =
      AreEqual(Hash(password, hash.substr(0, kSaltBytes)), hash) && users_.contains(user);
  for (const int cost : PaddingCosts(CostOf(hash), highest_cost_)) {
    Hash(password, SettingOf(cost));
  }
  if (right) {
    const Digest digest = DigestOf(user, password);
    const MutexLock lock(mutex_);
    if (right_.size() >= kMostRemembered) {
      right_.clear();
    }
    right_.insert(digest);
  }
  return right;
}

}  // namespace hakem::web
