#include "exporter/session/password_verifier.h"

#include <libpq-fe.h>

#include <memory>

#include "exporter/session/stepped_connect.h"

namespace hakem::exporter {

Result<Secret> PasswordVerifier(const Secret& password, const std::string& role, const Secret& dsn,
                                Duration limit) {
  const auto connection = ConnectInSteps(dsn, limit, {});
  if (!connection) {
    return Fail(connection.error().error);
  }
  const std::unique_ptr<char, decltype(&PQfreemem)> verifier(
      PQencryptPasswordConn(connection->get(), password.Reveal().c_str(), role.c_str(),
                            "scram-sha-256"),
      &PQfreemem);
  if (!verifier) {
    return Fail(ErrorCode::kInvalidInput, "libpq cannot make a verifier of the password");
  }
  return Secret(verifier.get());
}

}  // namespace hakem::exporter
