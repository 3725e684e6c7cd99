#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "collectors/core/session.h"
#include "config/target/conninfo.h"
#include "exporter/session/session_factory.h"
#include "model/result.h"

namespace hakem::exporter {

/// Whether the session may write.
enum class Writes { kNo, kYes };

/// The administrator's connection to one database: the only session of Hakem with many privileges.
///
/// The owner of the database, or of a table in it, could make a careless session run code: by ALTER
/// DATABASE … SET, by objects in a schema of the search path, by views. Therefore the startup
/// packet sets every setting that our statements depend on, because it overrides those of roles and
/// databases. The search path is pg_catalog, and transactions are read-only until Begin(kYes).
/// Query may read catalogs only. Used by one thread at a time.
class AdminSession final : public collectors::Session {
 public:
  using MadeOrNot = tl::expected<std::unique_ptr<AdminSession>, ConnectFailure>;

  /// Connects within `limits.connect` and pins the settings. Errors: those of SessionFactory;
  /// kRefused: a setting of the database or role makes the session act as another role.
  static MadeOrNot Connect(const config::Conninfo& conninfo, const SessionLimits& limits);

  AdminSession(const AdminSession&) = delete;
  AdminSession& operator=(const AdminSession&) = delete;
  ~AdminSession() override;

  /// Runs statements in one round trip and returns the rows of the last one. Errors: those of
  /// Session::Query; kTimeout: the server did not respond within its own limit and a grace period.
  /// Then the statement is cancelled and the connection closed.
  Result<collectors::Rows> Query(std::string_view sql) override;

  /// Begins a transaction whose reads see the same state of the catalogs. Errors: those of Query.
  Result<void> Begin(Writes writes);

  Result<void> Commit();

  /// Ends the transaction, if there is one. Errors do not matter: the server then rolls back
  /// itself.
  void Rollback();

  /// Runs a statement that cannot run in a transaction block (CREATE INDEX CONCURRENTLY). It may
  /// write, and run as long as `limits` say. Errors: those of Query.
  Result<void> RunAlone(std::string_view sql, const SessionLimits& limits);

  const collectors::ServerFacts& facts() const override { return facts_; }

 private:
  class Connection;

  explicit AdminSession(std::unique_ptr<Connection> connection);

  Result<void> Prepare();

  std::unique_ptr<Connection> connection_;
  SessionLimits limits_;
  collectors::ServerFacts facts_;
};

/// Adds every setting that the administrator's session depends on to a connection string. The
/// user's `options` stay, and ours override them.
config::Conninfo WithPins(config::Conninfo conninfo, const SessionLimits& limits);

}  // namespace hakem::exporter
