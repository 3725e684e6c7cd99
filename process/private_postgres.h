#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/secret.h"
#include "process/child_process.h"

namespace hakem::process {

/// How clients connect to a private server.
enum class Transport {
  /// A socket in the server's folder, which no other user may enter. Clients are trusted.
  kUnixSocket,
  /// A port of 127.0.0.1, which every user of the machine can reach. For tests that need TCP.
  kTcp,
};

struct PrivatePostgresOptions {
  /// Password of the superuser `postgres` (scram-sha-256); empty: all clients are trusted. With
  /// kTcp and no password any user of the machine could run programs as the server's user.
  Secret password = {};
  Transport transport = Transport::kTcp;
  /// Lines for postgresql.conf: `max_connections = 20`.
  std::vector<std::string> settings = {};
  /// The DataFolder() of a stopped cluster to be copied, with its passwords instead of the one
  /// above. Empty: a new cluster.
  std::string copy_of = {};
  /// A superuser's connection string to a primary; the server becomes its streaming standby. Both
  /// need the settings `wal_level = replica` and `max_wal_senders = 5`. Empty: a new cluster.
  std::string standby_of = {};
};

/// A private PostgreSQL server in a temporary folder, with the superuser `postgres`, on a socket in
/// that folder or on a free port of 127.0.0.1. Fast rather than safe: nothing is synced to disk.
/// When this process is root, the server runs as `postgres` or `nobody`, since it refuses root.
/// HAKEM_POSTGRES_ROOT names the root folder of another Debian whose PostgreSQL is run in a chroot;
/// TMPDIR must then be a folder in it. The server dies with the thread that made it. The destructor
/// also removes the folder. Used by one thread at a time.
class PrivatePostgres {
 public:
  enum class StopMode {
    kFast,       ///< Disconnects clients and writes all data.
    kImmediate,  ///< Like a crash; the next start recovers.
  };

  /// Makes the cluster (in $TMPDIR, else /tmp) and waits until it accepts connections. Takes 1 to 3
  /// s plus the time for copying. Errors: kNotFound: PostgreSQL is not installed; the message names
  /// the package. kRefused: the folder cannot be made, or a program failed; the message has the
  /// last line of its output.
  static Result<std::unique_ptr<PrivatePostgres>> Make(const PrivatePostgresOptions& options = {});

  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;
  ~PrivatePostgres();

  int port() const { return port_; }

  const std::string& folder() const { return folder_; }

  /// The cluster's data folder; may be copied while the server is stopped.
  std::string DataFolder() const { return folder_ + "/data"; }

  /// Returns a libpq connection string without a password.
  std::string Dsn(std::string_view database = "postgres", std::string_view user = "postgres") const;

  void Stop(StopMode mode = StopMode::kFast);

  /// Starts the stopped server on the same port. Errors: those of Make.
  Result<void> Start();

  /// The server's log, for a failing test.
  std::string LogFile() const { return folder_ + "/server.log"; }

 private:
  PrivatePostgres(std::string root, std::string folder, std::string binaries,
                  std::optional<UnixUser> user, Transport transport);

  Result<void> InitDb(const Secret& password);
  Result<void> CopyCluster(const std::string& source) const;
  Result<void> BaseBackup(const std::string& primary) const;
  Result<void> Configure(const std::vector<std::string>& settings) const;
  Result<void> StartOnFreePort(const std::vector<std::string>& settings);
  Result<void> WaitUntilReady();

  /// Returns the path by which the chrooted server knows a path below root_.
  std::string Inside(const std::string& path) const { return path.substr(root_.size()); }

  const std::string root_;  ///< Root of the chroot; empty: none.
  const std::string folder_;
  const std::string binaries_;  ///< As seen from within the chroot.
  const std::optional<UnixUser> user_;
  const Transport transport_;
  int port_ = 0;
  std::optional<ChildProcess> server_;
};

/// Returns the folder with initdb and postgres: `root`/15/bin, else that of the highest version in
/// `root` (Debian's /usr/lib/postgresql), else the folder in `path` that has initdb.
/// Errors: kNotFound; the message names the package to install.
Result<std::string> FindPostgresBinaries(const std::string& root, std::string_view path);

/// Returns a port of 127.0.0.1 on which nothing listens now.
int FreePort();

}  // namespace hakem::process
