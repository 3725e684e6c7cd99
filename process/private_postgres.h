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
  /// A socket in the server's folder, which nobody but us may enter: whoever connects is trusted.
  kUnixSocket,
  /// A port of 127.0.0.1, open to every user of this machine: for tests that need TCP.
  kTcp,
};

struct PrivatePostgresOptions {
  /// Of the superuser `postgres`, asked by scram-sha-256; empty: everyone is trusted. A superuser
  /// runs programs as who runs the server: with kTcp and no password any user of the machine
  /// could.
  Secret password = {};
  Transport transport = Transport::kTcp;
  /// Lines for postgresql.conf: `max_connections = 20`.
  std::vector<std::string> settings = {};
  /// The data folder of a cluster that was stopped (DataFolder), to begin with a copy of; its
  /// passwords are asked for, not the one above. Empty: a new cluster.
  std::string copy_of = {};
  /// The connection string of a primary to be a streaming standby of: a superuser's. Both need
  /// `wal_level = replica` and `max_wal_senders = 5` among the settings. Empty: a new cluster.
  std::string standby_of = {};
};

/// A PostgreSQL server of our own in a temporary folder, reached by a socket there or on a free
/// port of 127.0.0.1 as superuser `postgres`. Fast instead of safe: nothing is synced to disk. When
/// we are root it runs as `postgres` or `nobody`, since the server refuses root.
/// HAKEM_POSTGRES_ROOT names the folder of another Debian whose PostgreSQL is run instead of this
/// one's, chrooted; TMPDIR is then a folder in it. The server dies with the thread that made it,
/// however that ends; the destructor also removes the folder. Used by one thread at a time.
class PrivatePostgres {
 public:
  enum class StopMode {
    kFast,       ///< Clients are disconnected, data is written.
    kImmediate,  ///< As a crash; the next start recovers.
  };

  /// Makes the cluster ($TMPDIR, else /tmp) and waits until it accepts connections, 1 to 3 s, and
  /// what copying takes.
  /// Errors: kNotFound when PostgreSQL is not installed, naming the package. kRefused when the
  /// folder cannot be made or a program fails, with the last line that it wrote.
  static Result<std::unique_ptr<PrivatePostgres>> Make(const PrivatePostgresOptions& options = {});

  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;
  ~PrivatePostgres();

  int port() const { return port_; }

  const std::string& folder() const { return folder_; }

  /// Where the cluster lies; may be copied while it is stopped.
  std::string DataFolder() const { return folder_ + "/data"; }

  /// libpq's connection string without a password.
  std::string Dsn(std::string_view database = "postgres", std::string_view user = "postgres") const;

  void Stop(StopMode mode = StopMode::kFast);

  /// Starts a stopped server, on the same port. Errors: as Make.
  Result<void> Start();

  /// What the server logged, for a failing test.
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

  /// Of a path of ours, below root_, what the server calls it.
  std::string Inside(const std::string& path) const { return path.substr(root_.size()); }

  const std::string root_;  ///< Empty: the server sees what we see.
  const std::string folder_;
  const std::string binaries_;  ///< As the server sees it.
  const std::optional<UnixUser> user_;
  const Transport transport_;
  int port_ = 0;
  std::optional<ChildProcess> server_;
};

/// The folder with initdb and postgres: `root`/15/bin, else the highest version there (root is
/// Debian's /usr/lib/postgresql), else where initdb lies in `path`.
/// Errors: kNotFound, naming the package to install.
Result<std::string> FindPostgresBinaries(const std::string& root, std::string_view path);

/// A port of 127.0.0.1 that nobody listens on now.
int FreePort();

}  // namespace hakem::process
