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

/// The administrator's connection to one database: the only one of Hakem's with great rights.
///
/// Whoever owns the database or a table in it shapes what a careless session would run: by ALTER
/// DATABASE … SET, by objects in a schema of the search path, by views. So every setting that a
/// statement of ours depends on stands in the startup packet, which outranks those of roles and
/// databases, the search path is pg_catalog, and transactions are read-only until Begin(kYes). Only
/// catalogs may be read by Query. Used by one thread at a time.
class AdminSession final : public collectors::Session {
 public:
  using MadeOrNot = tl::expected<std::unique_ptr<AdminSession>, ConnectFailure>;

  /// Connects within `limits.connect` and pins the settings. Errors: as SessionFactory's;
  /// kRefused as well when a setting of the database or role makes the session act as another role.
  static MadeOrNot Connect(const Conninfo& conninfo, const SessionLimits& limits);

  AdminSession(const AdminSession&) = delete;
  AdminSession& operator=(const AdminSession&) = delete;
  ~AdminSession() override;

  /// Runs statements in one round trip; the last one's rows. Errors: those of Session::Query;
  /// kTimeout when the server has not answered within its own limit and some grace: the statement
  /// is then cancelled and the connection closed.
  Result<collectors::Rows> Query(std::string_view sql) override;

  /// Begins a transaction of which the reads see one state of the catalogs. Errors: Query's.
  Result<void> Begin(Writes writes);

  Result<void> Commit();

  /// Ends the transaction, if any. An error changes nothing: the server rolls back by itself.
  void Rollback();

  /// Runs a statement that refuses transactions of ours (CREATE INDEX CONCURRENTLY); only it may
  /// write, and take as long as `limits`. Errors: Query's.
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

/// The connection string with every setting that the administrator's session depends on. What the
/// user has in `options` stays, and ours win.
Conninfo WithPins(Conninfo conninfo, const SessionLimits& limits);

}  // namespace hakem::exporter
