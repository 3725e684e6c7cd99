#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/secret.h"
#include "model/time.h"
#include "web/http/http.h"

namespace hakem::web {

/// What a client has to show of itself: web.yml's `client_auth_type`, by Go's names.
enum class ClientAuth {
  kNone,              ///< `NoClientCert`: it is not asked.
  kRequest,           ///< `RequestClientCert`: it is asked; whatever it shows is taken.
  kRequireAny,        ///< `RequireAnyClientCert`: some certificate; nobody checks who signed it.
  kVerifyIfGiven,     ///< `VerifyClientCertIfGiven`: none, or one that client_ca_file's CA signed.
  kRequireAndVerify,  ///< `RequireAndVerifyClientCert`: one that client_ca_file's CA signed.
};

enum class TlsVersion { kTls10, kTls11, kTls12, kTls13 };

/// web.yml's `tls_server_config`. Of each file its path or its content is there, never both.
struct TlsConfig {
  std::string cert_file;
  std::string cert;
  std::string key_file;
  Secret key;
  std::string client_ca_file;
  std::string client_ca;
  ClientAuth client_auth = ClientAuth::kNone;
  std::vector<std::string> client_allowed_sans;  ///< Empty: any name.
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
  std::vector<std::string> tls12_ciphers;  ///< By OpenSSL's names; like the next empty: its choice.
  std::vector<std::string> tls13_ciphers;
  std::vector<std::string> curves;
  bool prefer_server_ciphers = true;
};

/// web.yml's `rate_limit`: a request each `interval`, `burst` of them at once.
struct RateLimit {
  Duration interval{0};  ///< 0: no limit.
  std::int64_t burst = 0;
};

/// A file in the format of Prometheus' exporter-toolkit (its docs/web-configuration.md). One that
/// exists is well formed; whether the certificates are shows when they are loaded.
struct WebConfig {
  std::optional<TlsConfig> tls;
  std::vector<HeaderField> headers;     ///< Put on every answer.
  std::map<std::string, Secret> users;  ///< bcrypt hashes by name; empty: everyone may ask.
  RateLimit rate_limit;
  std::vector<std::string> notes;  ///< What was read and is not done, with the reason.

  /// Paths of the files it names.
  std::vector<std::string> Files() const;
};

/// Paths in it are relative to the folder of `file`. Strict: an unknown key or value is an error,
/// with the nearest known one. Errors: kInvalidInput: `file:line:column: …`, the first.
Result<WebConfig> ParseWebConfig(std::string_view text, std::string_view file);

}  // namespace hakem::web
