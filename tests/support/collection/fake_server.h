#pragma once

#include <condition_variable>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exporter/session/session_factory.h"
#include "model/mutex.h"

namespace hakem::exporter {

/// A database server that a test owns: what it answers, whether it accepts, when it hangs or drops
/// its connections. Thread-safe; outlives its sessions.
class FakeServer final : public SessionFactory {
 public:
  ConnectResult ConnectTo(const std::string& database, const SessionLimits& limits,
                          std::stop_token stop) override;

  /// Refuses connections to this database from now on.
  void Refuse(const std::string& database, ConnectFailure failure);

  /// Queries whose text contains `part` are answered so from now on.
  void Answer(const std::string& part, Result<collectors::Rows> rows);

  /// Refuses connections from now on and drops those that are open.
  void GoDown(ConnectFailure failure);

  /// Drops the open connections, but accepts new ones.
  void DropConnections();

  void ComeBack();

  /// Queries whose text contains `part` are not answered until Release, or until their session is
  /// stopped. An empty text: none.
  void HangOn(const std::string& part);

  void Release() { HangOn(""); }

  /// Blocks until a query hangs.
  void WaitUntilItHangs();

  void SetFacts(collectors::ServerFacts facts);

  int connects() const;                           ///< Attempts so far.
  std::vector<std::string> connected_to() const;  ///< The databases, empty: home.
  int open() const;                               ///< Connections now.
  int most_open() const;                          ///< Connections at once, at most.

 private:
  class FakeConnection;

  Result<collectors::Rows> Query(std::string_view sql, int generation, const std::stop_token& stop);
  void Close();

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Result<collectors::Rows>> answers_ GUARDED_BY(mutex_);
  std::optional<ConnectFailure> down_ GUARDED_BY(mutex_);
  std::map<std::string, ConnectFailure> refused_ GUARDED_BY(mutex_);
  std::vector<std::string> connected_to_ GUARDED_BY(mutex_);
  std::string hang_on_ GUARDED_BY(mutex_);
  int hanging_ GUARDED_BY(mutex_) = 0;
  int generation_ GUARDED_BY(mutex_) = 0;  ///< Connections of an older one are dropped.
  int connects_ GUARDED_BY(mutex_) = 0;
  int open_ GUARDED_BY(mutex_) = 0;
  int most_open_ GUARDED_BY(mutex_) = 0;
  collectors::ServerFacts facts_ GUARDED_BY(mutex_){.connection = 0,
                                                    .version = 150004,
                                                    .in_recovery = false,
                                                    .is_monitor = true,
                                                    .database = "hokm",
                                                    .extensions = {}};
};

}  // namespace hakem::exporter
