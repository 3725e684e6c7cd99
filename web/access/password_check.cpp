#include "web/access/password_check.h"

#include <crypt.h>
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

/// The hash of the password with the salt and cost that `setting` begins with; "" when crypt fails.
std::string Hash(const std::string& password, const std::string& setting) {
  const auto data = std::make_unique<crypt_data>();  // 32 KiB: too much for a stack.
  const char* const hash = crypt_r(password.c_str(), setting.c_str(), data.get());
  std::string text = hash != nullptr ? hash : "";
  OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return text;
}

/// Takes as long as the costliest of the users' and has a last character that no bcrypt hash of
/// that salt has.
std::string NobodysHash(const std::map<std::string, Secret>& users) {
  std::string cost = "10";
  for (const auto& [user, hash] : users) {
    const std::string own = hash.Reveal().substr(4, 2);
    cost = user == users.begin()->first ? own : std::max(cost, own);
  }
  return "$2b$" + cost + "$" + std::string(kHashBytes - 7, '.');
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

PasswordCheck::PasswordCheck(std::map<std::string, Secret> users)
    : users_(std::move(users)), nobodys_hash_(NobodysHash(users_)) {}

PasswordCheck::Outcome PasswordCheck::Check(const std::string& user, const std::string& password) {
  const auto found = users_.find(user);
  const std::string& hash = found != users_.end() ? found->second.Reveal() : nobodys_hash_;
  // Neither a hash nor a digest has a NUL, and a password cannot have one: crypt ends there.
  const std::string known = hash + '\0' + user + '\0' + password;
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(known.data()), known.size(), digest.data());
  {
    const MutexLock lock(mutex_);
    if (right_.contains(digest)) {
      return Outcome::kRight;
    }
  }
  if (password.find('\0') != password.npos) {
    return Outcome::kWrong;
  }
  if (checking_.fetch_add(1) >= kMostAtOnce) {
    --checking_;
    return Outcome::kBusy;
  }
  const bool right =
      AreEqual(Hash(password, hash.substr(0, kSaltBytes)), hash) && found != users_.end();
  --checking_;
  if (!right) {
    return Outcome::kWrong;
  }
  const MutexLock lock(mutex_);
  if (right_.size() >= kMostRemembered) {
    right_.clear();
  }
  right_.insert(digest);
  return Outcome::kRight;
}

}  // namespace hakem::web
