#pragma once

#include <memory>
#include <string>

#include "config/config.h"
#include "config/target/conninfo.h"
#include "dba/role_facts.h"
#include "exporter/session/admin_session.h"
#include "exporter/session/session_factory.h"
#include "model/result.h"
#include "model/secret.h"

namespace hakem::cli {

/// The time limits of all statements of setup, but for those that build indexes.
inline constexpr exporter::SessionLimits kAdminLimits{
    .statement = std::chrono::seconds(30),
    .lock = std::chrono::seconds(5),
    .idle_in_transaction = std::chrono::seconds(60),
    .mode = exporter::SessionMode::kStatements};

/// The administrator's session and how it was connected.
struct AdminConnection {
  config::Conninfo conninfo;
  std::unique_ptr<exporter::AdminSession> session;
  dba::Administrator user;
};

/// Connects to the target's server with the connection string `admin`, or with the target's own if
/// it is empty. What `admin` lacks is the target's place and the user postgres. Asks for a password
/// if one is needed and somebody can answer.
/// Errors: AdminSession's; kInvalidInput also for a standby, which cannot be changed.
Result<AdminConnection> ConnectAdministrator(const config::TargetConfig& target,
                                             const Secret& admin);

/// The target's connection string with the password that its password file holds.
/// Errors: kInvalidInput if the file cannot be read.
Result<config::Conninfo> ReadTargetConninfo(const config::TargetConfig& target);

/// Sets the parameters that say where a server is (host, port, dbname, TLS) to those of `from`.
void CopyPlace(const config::Conninfo& from, config::Conninfo& to);

/// What to add to an error that a superuser would not have got; empty for other errors.
std::string SuperuserHint(const Error& error, const AdminConnection& admin);

/// Calls `read` in a read-only transaction, which is over when this returns: none is open while a
/// person is asked. Errors: those of AdminSession::Begin and of `read`.
template <typename Read>
auto ReadOnly(exporter::AdminSession& session, Read read) -> decltype(read()) {
  if (const auto begun = session.Begin(exporter::Writes::kNo); !begun) {
    return Fail(begun.error());
  }
  auto found = read();
  session.Rollback();
  return found;
}

}  // namespace hakem::cli
