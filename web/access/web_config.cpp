#include "web/access/web_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>

#include "format/nearest_name.h"
#include "web/access/password_check.h"
#include "web/http/accept_header.h"
#include "yaml/map_reader.h"

namespace hakem::web {
namespace {

using yaml::MapReader;
using yaml::Node;

/// A word in the file and its meaning.
template <typename T>
struct Word {
  std::string_view text;
  T value;
};

constexpr std::array<Word<ClientAuth>, 6> kClientAuths{{
    {"NoClientCert", ClientAuth::kNone},
    {"RequestClientCert", ClientAuth::kRequest},
    {"RequireAnyClientCert", ClientAuth::kRequireAny},
    {"RequireClientCert", ClientAuth::kRequireAny},  // An older name that the toolkit accepts.
    {"VerifyClientCertIfGiven", ClientAuth::kVerifyIfGiven},
    {"RequireAndVerifyClientCert", ClientAuth::kRequireAndVerify},
}};

constexpr std::array<Word<TlsVersion>, 4> kVersions{{{"TLS10", TlsVersion::kTls10},
                                                     {"TLS11", TlsVersion::kTls11},
                                                     {"TLS12", TlsVersion::kTls12},
                                                     {"TLS13", TlsVersion::kTls13}}};

/// A name in Go and in OpenSSL. The toolkit accepts only those that Go considers safe.
constexpr std::array<Word<std::string_view>, 10> kTls12Ciphers{{
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"},
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
}};
constexpr std::array<Word<std::string_view>, 3> kTls13Ciphers{
    {{"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"},
     {"TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"},
     {"TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"}}};
constexpr std::array<Word<std::string_view>, 4> kCurves{
    {{"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}}};

/// A header that may be set, and its allowed values; an empty list allows any.
struct SettableHeader {
  std::string_view name;
  std::array<std::string_view, 2> values = {};
};

constexpr std::array<SettableHeader, 6> kHeaders{{{"Content-Security-Policy"},
                                                  {"Strict-Transport-Security"},
                                                  {"Cache-Control"},
                                                  {"X-XSS-Protection"},
                                                  {"X-Frame-Options", {"deny", "sameorigin"}},
                                                  {"X-Content-Type-Options", {"nosniff", ""}}}};

template <typename Entry>
std::string Nearest(std::string_view typed, std::span<const Entry> entries,
                    std::string_view Entry::*name) {
  std::vector<std::string_view> known;
  for (const Entry& entry : entries) {
    known.push_back(entry.*name);
  }
  return DidYouMean(typed, known);
}

/// The meaning of a word. Errors: an unknown word, with its `place`.
template <typename T>
const T* Find(MapReader& reader, const Node& place, std::string_view key, std::string_view text,
              std::span<const Word<T>> words) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const Word<T>& word) { return word.text == text; });
  if (found == words.end()) {
    reader.Wrong(place, fmt::format("{}: unknown value \"{}\"{}", key, text,
                                    Nearest<Word<T>>(text, words, &Word<T>::text)));
    return nullptr;
  }
  return &found->value;
}

template <typename T>
void ReadWord(MapReader& reader, std::string_view key, std::span<const Word<T>> words, T& target) {
  std::string text;
  reader.Text(key, text);
  if (const T* value = text.empty() ? nullptr : Find(reader, reader.At(key), key, text, words)) {
    target = *value;
  }
}

void ReadCiphers(MapReader& reader, TlsConfig& tls) {
  constexpr std::string_view kKey = "cipher_suites";
  std::vector<std::string> names;
  reader.Texts(kKey, names);
  for (const std::string& name : names) {
    const auto tls13 = std::find_if(kTls13Ciphers.begin(), kTls13Ciphers.end(),
                                    [&](const auto& word) { return word.text == name; });
    if (tls13 != kTls13Ciphers.end()) {
      tls.tls13_ciphers.emplace_back(tls13->value);
    } else if (const auto* cipher =
                   Find<std::string_view>(reader, reader.At(kKey), kKey, name, kTls12Ciphers)) {
      tls.tls12_ciphers.emplace_back(*cipher);
    }
  }
}

void ReadCurves(MapReader& reader, TlsConfig& tls) {
  constexpr std::string_view kKey = "curve_preferences";
  std::vector<std::string> names;
  reader.Texts(kKey, names);
  for (const std::string& name : names) {
    if (const auto* curve = Find<std::string_view>(reader, reader.At(kKey), kKey, name, kCurves)) {
      tls.curves.emplace_back(*curve);
    }
  }
}

/// The two keys by which a PEM text may be given. A file may have one of them.
struct PemKeys {
  std::string_view content;
  std::string_view file;
};

void ReadPem(MapReader& reader, const PemKeys& keys, const std::filesystem::path& folder,
             std::string& file, std::string& content) {
  std::string path;
  reader.Text(keys.file, path);
  reader.Text(keys.content, content);
  if (path.find("-----BEGIN") != path.npos) {  // Messages show paths, but no private key.
    reader.Wrong(reader.At(keys.file), fmt::format("{} holds a PEM text instead of a path: give it "
                                                   "as {}",
                                                   keys.file, keys.content));
    path.clear();
  }
  if (!path.empty() && !content.empty()) {
    reader.Wrong(reader.At(keys.content),
                 fmt::format("{} and {} are both there: keep one", keys.content, keys.file));
  }
  file = path.empty() ? "" : (folder / path).lexically_normal().string();
}

void CheckTls(MapReader& reader, const TlsConfig& tls) {
  const bool verifies = tls.client_auth == ClientAuth::kVerifyIfGiven ||
                        tls.client_auth == ClientAuth::kRequireAndVerify;
  const bool has_ca = !tls.client_ca_file.empty() || !tls.client_ca.empty();
  if (tls.cert_file.empty() && tls.cert.empty()) {
    reader.Wrong(reader.At("cert_file"), "tls_server_config needs cert_file (or cert)");
  }
  if (tls.key_file.empty() && tls.key.empty()) {
    reader.Wrong(reader.At("key_file"), "tls_server_config needs key_file (or key)");
  }
  if (has_ca && tls.client_auth == ClientAuth::kNone) {
    reader.Wrong(reader.At("client_ca_file"),
                 "client_ca_file has no effect without client_auth_type: "
                 "RequireAndVerifyClientCert, for one, asks clients for a certificate of it");
  }
  if (verifies && !has_ca) {
    reader.Wrong(reader.At("client_auth_type"), "this client_auth_type needs client_ca_file");
  }
  if (!tls.client_allowed_sans.empty() && tls.client_auth != ClientAuth::kRequireAny &&
      tls.client_auth != ClientAuth::kRequireAndVerify) {
    reader.Wrong(reader.At("client_allowed_sans"),
                 "client_allowed_sans needs client_auth_type RequireAnyClientCert or "
                 "RequireAndVerifyClientCert: others let clients in without a certificate");
  }
  if (tls.min_version > tls.max_version) {
    reader.Wrong(reader.At("min_version"), "min_version is above max_version");
  }
}

void ReadTls(MapReader& reader, const std::filesystem::path& folder, TlsConfig& tls) {
  std::string key;
  ReadPem(reader, {"cert", "cert_file"}, folder, tls.cert_file, tls.cert);
  ReadPem(reader, {"key", "key_file"}, folder, tls.key_file, key);
  tls.key = Secret(std::move(key));
  ReadPem(reader, {"client_ca", "client_ca_file"}, folder, tls.client_ca_file, tls.client_ca);
  ReadWord<ClientAuth>(reader, "client_auth_type", kClientAuths, tls.client_auth);
  ReadWord<TlsVersion>(reader, "min_version", kVersions, tls.min_version);
  ReadWord<TlsVersion>(reader, "max_version", kVersions, tls.max_version);
  ReadCiphers(reader, tls);
  ReadCurves(reader, tls);
  reader.Boolean("prefer_server_cipher_suites", tls.prefer_server_ciphers);
  reader.Texts("client_allowed_sans", tls.client_allowed_sans);
  if (reader.Finish()) {  // Reports a mistyped key rather than what is missing because of it.
    CheckTls(reader, tls);
  }
}

/// Reads a map of names to text under `key`.
void ReadNamedTexts(MapReader& reader, std::string_view key,
                    const std::function<void(const Node::Entry&, const std::string&)>& read) {
  reader.Any(key, [&](const Node& map) -> Result<void> {
    if (map.kind() != Node::Kind::kMap) {
      return map.Wrong(fmt::format("{}: expected a map of keys and values", key));
    }
    for (const Node::Entry& entry : map.entries()) {
      const Result<std::string> text = entry.value.Text();
      if (!text) {
        return Fail(text.error());
      }
      read(entry, *text);
    }
    return {};
  });
}

void ReadHeaders(MapReader& reader, WebConfig& config) {
  ReadNamedTexts(reader, "headers", [&](const Node::Entry& entry, const std::string& value) {
    const auto header = std::find_if(kHeaders.begin(), kHeaders.end(), [&](const auto& known) {
      return EqualIgnoringCase(known.name, entry.key());
    });
    if (header == kHeaders.end()) {
      return reader.Wrong(
          entry.key_node,
          fmt::format("header \"{}\" cannot be set{}", entry.key(),
                      Nearest<SettableHeader>(entry.key(), kHeaders, &SettableHeader::name)));
    }
    const auto& values = header->values;
    if (!values[0].empty() && std::none_of(values.begin(), values.end(), [&](auto allowed) {
          return !allowed.empty() && EqualIgnoringCase(allowed, value);
        })) {
      return reader.Wrong(
          entry.value,
          fmt::format("header {}: \"{}\" is not {}", header->name, value,
                      values[1].empty() ? std::string(values[0])
                                        : fmt::format("{} or {}", values[0], values[1])));
    }
    if (value.find_first_of("\r\n") != value.npos) {
      return reader.Wrong(entry.value, fmt::format("header {}: has a line break", header->name));
    }
    if (header->name != "X-Content-Type-Options") {  // The server always sends it.
      config.headers.push_back({std::string(header->name), value});
    }
  });
}

void ReadHttp(MapReader& reader, WebConfig& config) {
  bool http2 = false;
  reader.Boolean("http2", http2);
  if (http2) {
    config.notes.emplace_back("http_server_config.http2 has no effect: Hakem speaks HTTP/1.1");
  }
  ReadHeaders(reader, config);
}

void ReadUsers(MapReader& reader, WebConfig& config) {
  ReadNamedTexts(
      reader, "basic_auth_users", [&](const Node::Entry& entry, const std::string& hash) {
        if (!IsBcryptHash(hash)) {  // The message must not contain the hash.
          return reader.Wrong(
              entry.value,
              fmt::format("basic_auth_users: what stands for \"{}\" is not a bcrypt hash: make one "
                          "with htpasswd -nBC 10 \"\" | tr -d ':\\n'",
                          entry.key()));
        }
        config.users.emplace(entry.key(), Secret(hash));
      });
}

void ReadRateLimit(MapReader& reader, RateLimit& limit) {
  reader.Length("interval", limit.interval);
  reader.Integer("burst", limit.burst);
  if (limit.interval.count() > 0 && limit.burst < 1) {
    reader.Wrong(reader.At("burst"),
                 "rate_limit: burst must be at least 1: with 0 every request "
                 "is refused");
  }
}

}  // namespace

std::vector<std::string> WebConfig::Files() const {
  std::vector<std::string> files;
  if (tls) {
    files = {tls->cert_file, tls->key_file, tls->client_ca_file};
  }
  std::erase(files, "");
  return files;
}

Result<WebConfig> ParseWebConfig(std::string_view text, std::string_view file) {
  const Result<Node> node = Node::Parse(text, file);
  if (!node) {
    return Fail(node.error());
  }
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  WebConfig config;
  MapReader reader(*node);
  reader.Map("tls_server_config",
             [&](MapReader& tls) { ReadTls(tls, folder, config.tls.emplace()); });
  reader.Map("http_server_config", [&](MapReader& http) { ReadHttp(http, config); });
  ReadUsers(reader, config);
  reader.Map("rate_limit", [&](MapReader& limit) { ReadRateLimit(limit, config.rate_limit); });
  if (const Result<void> finished = reader.Finish(); !finished) {
    return Fail(finished.error());
  }
  return config;
}

}  // namespace hakem::web
