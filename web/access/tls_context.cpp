#include "web/access/tls_context.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "model/check.h"
#include "model/read_file.h"

namespace hakem::web {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* value) const {
    Free(value);
  }
};

using Bio = std::unique_ptr<BIO, Freed<&BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<&X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freed<&GENERAL_NAMES_free>>;

/// The reason of OpenSSL's last failure on this thread. Empties OpenSSL's queue of errors.
std::string Cause() {
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason != nullptr ? reason : "not PEM";
}

/// A PEM text and its origin, as `cert_file /etc/hakem/tls.pem`.
struct Pem {
  std::string source;
  std::string text;
};

Result<Pem> ReadPem(std::string_view key, const std::string& file, const std::string& inline_text) {
  if (file.empty()) {
    return Pem{std::string(key), inline_text};
  }
  return ReadFile(file, FileKind::kPem)
      .transform([&](std::string text) {
        return Pem{fmt::format("{}_file {}", key, file), std::move(text)};
      })
      .or_else([&](const Error& error) -> Result<Pem> {
        return Fail(error.code, fmt::format("{}_file: {}", key, error.message));
      });
}

tl::unexpected<Error> Wrong(const Pem& pem, std::string_view what) {
  return Fail(ErrorCode::kInvalidInput, fmt::format("{}: {}: {}", pem.source, what, Cause()));
}

Bio Reader(const Pem& pem) {
  return Bio(BIO_new_mem_buf(pem.text.data(), static_cast<int>(pem.text.size())));
}

/// Returns an error for a key with a passphrase, instead of asking for it on the terminal.
int NoPassphrase(char*, int, int, void*) {
  return -1;
}

int Native(TlsVersion version) {
  switch (version) {
    case TlsVersion::kTls10:
      return TLS1_VERSION;
    case TlsVersion::kTls11:
      return TLS1_1_VERSION;
    case TlsVersion::kTls12:
      return TLS1_2_VERSION;
    case TlsVersion::kTls13:
      break;
  }
  return TLS1_3_VERSION;
}

int VerifyMode(ClientAuth auth) {
  switch (auth) {
    case ClientAuth::kNone:
      return SSL_VERIFY_NONE;
    case ClientAuth::kRequest:
    case ClientAuth::kVerifyIfGiven:
      return SSL_VERIFY_PEER;
    case ClientAuth::kRequireAny:
    case ClientAuth::kRequireAndVerify:
      break;
  }
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

std::string_view View(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string AddressText(const ASN1_OCTET_STRING* address) {
  char text[INET6_ADDRSTRLEN] = "";
  const std::string_view bytes = View(address);
  if (bytes.size() == 4 || bytes.size() == 16) {
    inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof(text));
  }
  return text;
}

/// A certificate's alternative names, in the form in which exporter-toolkit compares them.
std::vector<std::string> AlternativeNames(const X509* certificate) {
  std::vector<std::string> texts;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS || name->type == GEN_EMAIL || name->type == GEN_URI) {
      texts.emplace_back(View(name->d.ia5));
    } else if (name->type == GEN_IPADD) {
      texts.push_back(AddressText(name->d.iPAddress));
    }
  }
  return texts;
}

/// OpenSSL calls this instead of its own check of a client's certificate.
int JudgeClient(X509_STORE_CTX* store, void* user_data) {
  const auto& context = *static_cast<const TlsContext*>(user_data);
  if (context.verifies_clients() && X509_verify_cert(store) != 1) {
    return 0;
  }
  const auto& allowed = context.allowed_names();
  const auto names = AlternativeNames(X509_STORE_CTX_get0_cert(store));
  const bool is_allowed =
      allowed.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return std::find(allowed.begin(), allowed.end(), name) != allowed.end();
      });
  if (!is_allowed) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
  }
  return is_allowed ? 1 : 0;
}

/// Selects HTTP/1.1 if the client offers it (ALPN).
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                   const unsigned char* offered, unsigned int offered_bytes, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* selected = nullptr;
  const int outcome = SSL_select_next_proto(&selected, chosen_bytes, kHttp11, sizeof(kHttp11) - 1,
                                            offered, offered_bytes);
  *chosen = selected;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

std::string Joined(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ":"));
}

}  // namespace

TlsContext::TlsContext(const TlsConfig& config)
    : context_(SSL_CTX_new(TLS_server_method())),
      verifies_clients_(config.client_auth == ClientAuth::kVerifyIfGiven ||
                        config.client_auth == ClientAuth::kRequireAndVerify),
      allowed_names_(config.client_allowed_sans) {
  HAKEM_CHECK(context_ != nullptr);
  SSL_CTX_set_options(context_, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                    SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                 SSL_MODE_RELEASE_BUFFERS);
  // No session resumption: scrapers do not use it, and certificates are checked each time.
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context_, 0);
  SSL_CTX_set_alpn_select_cb(context_, ChooseProtocol, nullptr);
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

Result<std::shared_ptr<const TlsContext>> TlsContext::Load(const TlsConfig& config) {
  ERR_clear_error();
  std::shared_ptr<TlsContext> context(new TlsContext(config));
  const Result<void> loaded = context->SetVersions(config)
                                  .and_then([&] { return context->SetCiphers(config); })
                                  .and_then([&] { return context->LoadCertificate(config); })
                                  .and_then([&] { return context->LoadKey(config); })
                                  .and_then([&] { return context->AskForClients(config); });
  if (!loaded) {
    return Fail(loaded.error());
  }
  return context;
}

Result<void> TlsContext::SetVersions(const TlsConfig& config) const {
  // A list without a cipher of TLS 1.2 must not affect TLS 1.3.
  const bool only_13 = config.tls12_ciphers.empty() && !config.tls13_ciphers.empty();
  const TlsVersion lowest = only_13 ? TlsVersion::kTls13 : config.min_version;
  if (lowest > config.max_version) {
    return Fail(ErrorCode::kInvalidInput,
                "cipher_suites: all are of TLS 1.3, which max_version excludes");
  }
  if (lowest < TlsVersion::kTls12) {
    SSL_CTX_set_security_level(context_,
                               0);  // OpenSSL 3 supports the old versions only at level 0.
  }
  HAKEM_CHECK(SSL_CTX_set_min_proto_version(context_, Native(lowest)) == 1);
  HAKEM_CHECK(SSL_CTX_set_max_proto_version(context_, Native(config.max_version)) == 1);
  return {};
}

Result<void> TlsContext::SetCiphers(const TlsConfig& config) const {
  const std::string tls12 = Joined(config.tls12_ciphers);
  const std::string tls13 = Joined(config.tls13_ciphers);
  const std::string curves = Joined(config.curves);
  if ((!tls12.empty() && SSL_CTX_set_cipher_list(context_, tls12.c_str()) != 1) ||
      (!tls13.empty() && SSL_CTX_set_ciphersuites(context_, tls13.c_str()) != 1)) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("cipher_suites: {}", Cause()));
  }
  if (!curves.empty() && SSL_CTX_set1_curves_list(context_, curves.c_str()) != 1) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("curve_preferences: {}", Cause()));
  }
  if (config.prefer_server_ciphers) {
    SSL_CTX_set_options(context_, SSL_OP_CIPHER_SERVER_PREFERENCE);
  }
  return {};
}

Result<void> TlsContext::LoadCertificate(const TlsConfig& config) const {
  const Result<Pem> pem = ReadPem("cert", config.cert_file, config.cert);
  if (!pem) {
    return Fail(pem.error());
  }
  const Bio reader = Reader(*pem);
  const Certificate leaf(PEM_read_bio_X509_AUX(reader.get(), nullptr, NoPassphrase, nullptr));
  if (leaf == nullptr || SSL_CTX_use_certificate(context_, leaf.get()) != 1) {
    return Wrong(*pem, "no certificate");
  }
  // The other certificates are the chain to the CA.
  while (X509* const next = PEM_read_bio_X509(reader.get(), nullptr, NoPassphrase, nullptr)) {
    HAKEM_CHECK(SSL_CTX_add0_chain_cert(context_, next) == 1);
  }
  ERR_clear_error();
  return {};
}

Result<void> TlsContext::LoadKey(const TlsConfig& config) const {
  const Result<Pem> pem = ReadPem("key", config.key_file, config.key.Reveal());
  if (!pem) {
    return Fail(pem.error());
  }
  const PrivateKey key(PEM_read_bio_PrivateKey(Reader(*pem).get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) {
    return Wrong(*pem, "no private key without a passphrase");
  }
  if (SSL_CTX_use_PrivateKey(context_, key.get()) != 1 ||
      SSL_CTX_check_private_key(context_) != 1) {
    return Wrong(*pem, "is not the certificate's");
  }
  return {};
}

Result<void> TlsContext::AskForClients(const TlsConfig& config) {
  SSL_CTX_set_verify(context_, VerifyMode(config.client_auth), nullptr);
  SSL_CTX_set_cert_verify_callback(context_, JudgeClient, this);
  if (config.client_ca_file.empty() && config.client_ca.empty()) {
    return {};
  }
  const Result<Pem> pem = ReadPem("client_ca", config.client_ca_file, config.client_ca);
  if (!pem) {
    return Fail(pem.error());
  }
  const Bio reader = Reader(*pem);
  int found = 0;
  while (const Certificate ca{PEM_read_bio_X509(reader.get(), nullptr, NoPassphrase, nullptr)}) {
    ++found;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), ca.get());
    SSL_CTX_add_client_CA(context_, ca.get());
  }
  if (found == 0) {
    return Wrong(*pem, "no certificate");
  }
  ERR_clear_error();
  return {};
}

}  // namespace hakem::web
