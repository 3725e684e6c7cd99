#include "process/private_postgres.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "model/check.h"
#include "model/read_file.h"
#include "process/temporary_folder.h"

namespace hakem::process {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPreferredVersion = "15";
constexpr Duration kReadyWithin = std::chrono::seconds(60);
constexpr Duration kReadyStep = std::chrono::milliseconds(20);
constexpr Duration kStopWithin = std::chrono::seconds(10);
constexpr int kPortAttempts = 5;

std::string Cause(int error) {
  return std::strerror(error);
}

/// Returns the content of a file; "" when it cannot be read.
std::string TextOf(const std::string& path) {
  return ReadFile(path, FileKind::kSystem).value_or("");
}

std::string LastLine(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text.substr(text.rfind('\n') + 1);
}

std::string Root() {
  const char* root = std::getenv("HAKEM_POSTGRES_ROOT");
  return root != nullptr ? root : "";
}

/// Returns the user to run the server as: none when this process is not root. In a chroot only
/// `nobody` is sure to have the same number.
std::optional<UnixUser> ServerUser(const std::string& root) {
  if (geteuid() != 0) {
    return std::nullopt;
  }
  auto user = root.empty() ? FindUser("postgres") : std::nullopt;
  return user ? user : FindUser("nobody");
}

Result<std::string> MakeFolder(const std::string& root, const std::optional<UnixUser>& user) {
  Result<std::string> folder = MakeTemporaryFolder("hakem-postgres");
  if (folder && !folder->starts_with(root)) {
    std::error_code ignored;
    fs::remove(*folder, ignored);
    return Fail(ErrorCode::kRefused,
                fmt::format("{} is not below HAKEM_POSTGRES_ROOT {}: set TMPDIR to a folder there",
                            *folder, root));
  }
  if (folder && user && chown(folder->c_str(), user->uid, user->gid) != 0) {
    return Fail(ErrorCode::kRefused,
                fmt::format("cannot give {} to user {}: {}", *folder, user->name, Cause(errno)));
  }
  return folder;
}

/// Returns the version number that names a folder of /usr/lib/postgresql, or -1.
int VersionOf(const fs::path& folder) {
  const std::string name = folder.filename();
  int version = -1;
  std::from_chars(name.data(), name.data() + name.size(), version);
  return version;
}

}  // namespace

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  HAKEM_CHECK(fd >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  HAKEM_CHECK(bind(fd, generic, length) == 0);
  HAKEM_CHECK(getsockname(fd, generic, &length) == 0);
  close(fd);
  return ntohs(address.sin_port);
}

Result<std::string> FindPostgresBinaries(const std::string& root, std::string_view path) {
  std::vector<fs::path> versions;
  std::error_code ignored;
  for (fs::directory_iterator entry(root, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    std::error_code no_file;
    if (fs::exists(entry->path() / "bin" / "initdb", no_file)) {
      versions.push_back(entry->path());
    }
  }
  const auto best = std::max_element(
      versions.begin(), versions.end(), [](const fs::path& left, const fs::path& right) {
        const auto rank = [](const fs::path& folder) {
          return std::pair(folder.filename() == kPreferredVersion, VersionOf(folder));
        };
        return rank(left) < rank(right);
      });
  if (best != versions.end()) {
    return *best / "bin";
  }
  if (const auto initdb = FindProgram("initdb", path)) {
    return fs::path(*initdb).parent_path();
  }
  return Fail(ErrorCode::kNotFound,
              fmt::format("PostgreSQL is not installed: no initdb in {}/*/bin or PATH; install "
                          "the package postgresql-{}",
                          root, kPreferredVersion));
}

PrivatePostgres::PrivatePostgres(std::string root, std::string folder, std::string binaries,
                                 std::optional<UnixUser> user, Transport transport)
    : root_(std::move(root)),
      folder_(std::move(folder)),
      binaries_(std::move(binaries)),
      user_(std::move(user)),
      transport_(transport) {}

Result<std::unique_ptr<PrivatePostgres>> PrivatePostgres::Make(
    const PrivatePostgresOptions& options) {
  const std::string root = Root();
  auto binaries = FindPostgresBinaries(root + "/usr/lib/postgresql",
                                       root.empty() ? SearchPath() : std::string());
  if (!binaries) {
    return Fail(binaries.error());
  }
  auto user = ServerUser(root);
  auto folder = MakeFolder(root, user);
  if (!folder) {
    return Fail(folder.error());
  }
  std::unique_ptr<PrivatePostgres> made(new PrivatePostgres(
      root, std::move(*folder), binaries->substr(root.size()), std::move(user), options.transport));
  const auto initialised = !options.copy_of.empty()      ? made->CopyCluster(options.copy_of)
                           : !options.standby_of.empty() ? made->BaseBackup(options.standby_of)
                                                         : made->InitDb(options.password);
  if (!initialised) {
    return Fail(initialised.error());
  }
  if (const auto started = made->StartOnFreePort(options.settings); !started) {
    return Fail(started.error());
  }
  return made;
}

PrivatePostgres::~PrivatePostgres() {
  Stop(StopMode::kImmediate);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string PrivatePostgres::Dsn(std::string_view database, std::string_view user) const {
  return fmt::format("host={} port={} dbname={} user={}",
                     transport_ == Transport::kUnixSocket ? folder_ : "127.0.0.1", port_, database,
                     user);
}

Result<void> PrivatePostgres::InitDb(const Secret& password) {
  const std::string log = folder_ + "/initdb.log";
  std::vector<std::string> argv = {binaries_ + "/initdb", "--pgdata=" + Inside(DataFolder()),
                                   "--username=postgres", "--no-sync",
                                   "--encoding=UTF8",     "--locale=C.UTF-8"};
  if (password.empty()) {
    argv.emplace_back("--auth=trust");
  } else {
    const std::string file = folder_ + "/password";
    std::ofstream(file) << password.Reveal() << '\n';
    std::error_code ignored;
    fs::permissions(file, fs::perms::owner_read, ignored);
    if (user_ && chown(file.c_str(), user_->uid, user_->gid) != 0) {
      return Fail(ErrorCode::kRefused, fmt::format("cannot give {} away: {}", file, Cause(errno)));
    }
    argv.insert(argv.end(), {"--auth=scram-sha-256", "--pwfile=" + Inside(file)});
  }
  auto initdb = ChildProcess::Start({.argv = std::move(argv),
                                     .standard_output = Output::ToFile(log),
                                     .standard_error = Output::ToFile(log),
                                     .root = root_,
                                     .user = user_,
                                     .folder = Inside(folder_)});
  if (!initdb) {
    return Fail(initdb.error());
  }
  if (const int status = initdb->Wait(); status != 0) {
    return Fail(ErrorCode::kRefused, fmt::format("initdb in {} failed with status {}: {}", folder_,
                                                 status, LastLine(TextOf(log))));
  }
  return {};
}

Result<void> PrivatePostgres::CopyCluster(const std::string& source) const {
  auto cp =
      ChildProcess::Start({.argv = {"cp", "--archive", "--reflink=auto", source, DataFolder()}});
  if (!cp) {
    return Fail(cp.error());
  }
  return cp->Wait() == 0
             ? Result<void>()
             : Fail(ErrorCode::kRefused, fmt::format("cannot copy {} to {}", source, DataFolder()));
}

Result<void> PrivatePostgres::BaseBackup(const std::string& primary) const {
  const std::string log = folder_ + "/basebackup.log";
  auto backup = ChildProcess::Start(
      {.argv = {binaries_ + "/pg_basebackup", "--pgdata=" + Inside(DataFolder()),
                "--dbname=" + primary, "--wal-method=stream", "--checkpoint=fast", "--no-sync"},
       .standard_output = Output::ToFile(log),
       .standard_error = Output::ToFile(log),
       .root = root_,
       .user = user_,
       .folder = Inside(folder_)});
  if (!backup) {
    return Fail(backup.error());
  }
  if (const int status = backup->Wait(); status != 0) {
    return Fail(ErrorCode::kRefused, fmt::format("pg_basebackup of {} failed with status {}: {}",
                                                 primary, status, LastLine(TextOf(log))));
  }
  const std::ofstream standby(DataFolder() + "/standby.signal");
  std::ofstream(DataFolder() + "/postgresql.conf", std::ios::app)
      << fmt::format("\nprimary_conninfo = '{}'\n", primary);
  return {};
}

Result<void> PrivatePostgres::Configure(const std::vector<std::string>& settings) const {
  std::ofstream file(DataFolder() + "/postgresql.conf", std::ios::app);
  file << fmt::format(
      "\nport = {}\nlisten_addresses = '{}'\nunix_socket_directories = '{}'\n"
      "fsync = off\nfull_page_writes = off\nmax_wal_senders = 0\n"
      "wal_level = minimal\n{}\n",
      port_, transport_ == Transport::kUnixSocket ? "" : "127.0.0.1",
      transport_ == Transport::kUnixSocket ? Inside(folder_) : "", fmt::join(settings, "\n"));
  file.close();
  return file ? Result<void>()
              : Fail(ErrorCode::kRefused, fmt::format("cannot write to {}", folder_));
}

Result<void> PrivatePostgres::StartOnFreePort(const std::vector<std::string>& settings) {
  Result<void> started;
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    port_ = FreePort();
    if (auto configured = Configure(settings); !configured) {
      return configured;
    }
    started = Start();
    // Another process may have taken the port in the meantime.
    if (started || TextOf(LogFile()).find("could not bind") == std::string::npos) {
      break;
    }
  }
  return started;
}

Result<void> PrivatePostgres::Start() {
  HAKEM_CHECK(!server_);
  auto server =
      ChildProcess::Start({.argv = {binaries_ + "/postgres", "-D", Inside(DataFolder())},
                           .standard_output = Output::ToFile(LogFile()),
                           .standard_error = Output::ToFile(LogFile()),
                           .root = root_,
                           .user = user_,
                           .folder = Inside(folder_),
                           .death_signal = SIGQUIT});  // Immediate shutdown, including backends.
  if (!server) {
    return Fail(server.error());
  }
  server_ = std::move(*server);
  return WaitUntilReady();
}

Result<void> PrivatePostgres::WaitUntilReady() {
  for (Duration waited{0}; waited < kReadyWithin; waited += kReadyStep) {
    if (const auto status = server_->WaitFor(kReadyStep)) {
      server_.reset();
      return Fail(ErrorCode::kRefused, fmt::format("postgres in {} ended with status {}: {}",
                                                   folder_, *status, LastLine(TextOf(LogFile()))));
    }
    // The server writes its state into the last line of postmaster.pid, which pg_ctl reads too.
    if (LastLine(TextOf(DataFolder() + "/postmaster.pid")).starts_with("ready")) {
      return {};
    }
  }
  Stop(StopMode::kImmediate);
  return Fail(ErrorCode::kRefused, fmt::format("postgres in {} is not ready after 60s: {}", folder_,
                                               LastLine(TextOf(LogFile()))));
}

void PrivatePostgres::Stop(StopMode mode) {
  if (server_) {
    server_->Signal(mode == StopMode::kFast ? SIGINT : SIGQUIT);
    server_->WaitFor(kStopWithin);
    server_.reset();  // Kills what has not stopped.
  }
}

}  // namespace hakem::process
