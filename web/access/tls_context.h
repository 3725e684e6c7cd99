#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/result.h"
#include "web/access/web_config.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX.

namespace hakem::web {

/// The certificate and key of a TLS server, and its rules for client certificates. Immutable and
/// thread-safe. A connection keeps the context that it began with.
class TlsContext {
 public:
  /// Reads the files. Errors: kInvalidInput, with the file and OpenSSL's reason.
  static Result<std::shared_ptr<const TlsContext>> Load(const TlsConfig& config);

  ~TlsContext();

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* native() const { return context_; }

  /// Whether client certificates are accepted only if our CA has signed them.
  bool verifies_clients() const { return verifies_clients_; }

  /// A client certificate must have one of these names; if empty, any name.
  const std::vector<std::string>& allowed_names() const { return allowed_names_; }

 private:
  explicit TlsContext(const TlsConfig& config);

  Result<void> SetVersions(const TlsConfig& config) const;
  Result<void> SetCiphers(const TlsConfig& config) const;
  Result<void> LoadCertificate(const TlsConfig& config) const;
  Result<void> LoadKey(const TlsConfig& config) const;
  Result<void> AskForClients(const TlsConfig& config);

  ssl_ctx_st* const context_;
  const bool verifies_clients_;
  const std::vector<std::string> allowed_names_;
};

}  // namespace hakem::web
