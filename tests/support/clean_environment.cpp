// Linked into every test program. Before anything else, it removes the caller's environment
// variables that would affect Hakem, libpq, libcurl or a tool. Tests set the variables that they
// need.

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

extern char** environ;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): POSIX'.

namespace {

/// Prefixes of such variables, in lower and upper case if programs read both.
constexpr std::string_view kPrefixes[] = {"PG",
                                          "DB_",
                                          "DATA_SOURCE_",
                                          "ALERT_",
                                          "SMTP_",
                                          "MAX_",
                                          "MIN_",
                                          "http_proxy",
                                          "https_proxy",
                                          "HTTPS_PROXY",
                                          "HTTP_PROXY",
                                          "all_proxy",
                                          "ALL_PROXY",
                                          "no_proxy",
                                          "NO_PROXY",
                                          "ftp_proxy",
                                          "STATE_DIRECTORY",
                                          "HAKEM_ROLE",
                                          "CURL_",
                                          "SSL_CERT_",
                                          "SSLKEYLOGFILE",
                                          "OPENSSL_CONF",
                                          "PSQL",
                                          "LANG",
                                          "LC_",
                                          "CLOCK_STEP_FILE",
                                          "LISTEN_FDS",
                                          "NOTIFY_SOCKET"};

bool IsUnwanted(std::string_view entry) {
  for (const std::string_view prefix : kPrefixes) {
    if (entry.starts_with(prefix)) {
      return true;
    }
  }
  return false;
}

[[gnu::constructor]] void CleanEnvironment() {
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (IsUnwanted(*entry)) {
      names.emplace_back(*entry, std::string_view(*entry).find('='));
    }
  }
  for (const std::string& name : names) {
    unsetenv(name.c_str());
  }
}

}  // namespace
