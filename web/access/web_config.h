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

/// Which certificate a client must present: `client_auth_type` in web.yml, with Go's names.
enum class ClientAuth {
  kNone,              ///< `NoClientCert`: none is requested.
  kRequest,           ///< `RequestClientCert`: requested; none and any are accepted.
  kRequireAny,        ///< `RequireAnyClientCert`: any certificate, whoever signed it.
  kVerifyIfGiven,     ///< `VerifyClientCertIfGiven`: none, or one signed by client_ca_file.
  kRequireAndVerify,  ///< `RequireAndVerifyClientCert`: one signed by client_ca_file.
};

enum class TlsVersion { kTls10, kTls11, kTls12, kTls13 };

/// `tls_server_config` in web.yml. Of each file either the path or the content is given.
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
  std::vector<std::string> tls12_ciphers;  ///< OpenSSL's names. Empty lists: its defaults.
  std::vector<std::string> tls13_ciphers;
  std::vector<std::string> curves;
  bool prefer_server_ciphers = true;
};

/// `rate_limit` in web.yml: a request each `interval`, and up to `burst` at once.
struct RateLimit {
  Duration interval{0};  ///< 0: no limit.
  std::int64_t burst = 0;
};

/// A parsed web.yml, in the format of Prometheus' exporter-toolkit (its docs/web-configuration.md).
/// Certificates and keys are not checked before TlsContext loads them.
struct WebConfig {
  std::optional<TlsConfig> tls;
  std::vector<HeaderField> headers;     ///< Added to every response.
  std::map<std::string, Secret> users;  ///< bcrypt hashes by user; empty: no passwords.
  RateLimit rate_limit;
  std::vector<std::string> notes;  ///< Settings that have no effect, each with the reason.

  /// Paths of the files that it refers to.
  std::vector<std::string> Files() const;
};

/// Parses web.yml. Relative paths in it start at the folder of `file`. Unknown keys and values are
/// errors, which name the nearest known one. Errors: kInvalidInput: the first, with its place as
/// `file:line:column: …`.
Result<WebConfig> ParseWebConfig(std::string_view text, std::string_view file);

}  // namespace hakem::web
