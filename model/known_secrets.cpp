#include "model/known_secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

#include "model/mutex.h"

namespace hakem {
namespace {

constexpr std::size_t kMostSecrets = 100;

/// The forms in which one secret may be written, longest first.
using Forms = std::vector<std::string>;

struct KnownSecrets {
  Mutex mutex;
  std::vector<Forms> secrets GUARDED_BY(mutex);  ///< Oldest first.
};

KnownSecrets& Known() {
  static KnownSecrets known;
  return known;
}

std::string Escaped(std::string_view text, std::string_view special) {
  std::string escaped;
  for (const char c : text) {
    if (special.find(c) != special.npos) {
      escaped += '\\';
    }
    escaped += c;
  }
  return escaped;
}

std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded += std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos
                   ? std::string(1, c)
                   : fmt::format("%{:02X}", byte);
  }
  return encoded;
}

/// Longest first; texts of the same length by their bytes.
bool IsLonger(const std::string& left, const std::string& right) {
  return left.size() != right.size() ? left.size() > right.size() : left < right;
}

}  // namespace

void AddKnownSecret(const Secret& secret) {
  const std::string& text = secret.Reveal();
  if (text.size() < kShortestKnownSecret) {
    return;
  }
  Forms forms{text, Escaped(text, "'\\"), Escaped(text, "\"\\"), PercentEncoded(text)};
  std::sort(forms.begin(), forms.end(), IsLonger);
  KnownSecrets& known = Known();
  const MutexLock lock(known.mutex);
  if (std::find(known.secrets.begin(), known.secrets.end(), forms) != known.secrets.end()) {
    return;
  }
  if (known.secrets.size() == kMostSecrets) {
    known.secrets.erase(known.secrets.begin());
  }
  known.secrets.push_back(std::move(forms));
}

std::string WithoutKnownSecrets(std::string text) {
  constexpr std::string_view kMask = "<secret>";
  KnownSecrets& known = Known();
  const MutexLock lock(known.mutex);
  // Longest first, since a secret may contain another, as a DSN contains a password.
  Forms all;
  for (const Forms& forms : known.secrets) {
    all.insert(all.end(), forms.begin(), forms.end());
  }
  std::stable_sort(all.begin(), all.end(), IsLonger);
  for (const std::string& secret : all) {
    for (std::size_t at = text.find(secret); at != text.npos;
         at = text.find(secret, at + kMask.size())) {
      text.replace(at, secret.size(), kMask);
    }
  }
  return text;
}

}  // namespace hakem
