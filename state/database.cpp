#include "state/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>

#include "model/mutex.h"

namespace hakem::state {
namespace {

/// How long another process, such as the sqlite3 shell, may block a checkpoint.
constexpr int kBusyTimeoutMs = 1000;
/// The page cache of each file. It is small, since pages are read only once, at the start.
constexpr int kCacheKib = 256;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

using DatabasePtr = std::unique_ptr<sqlite3, CloseDatabase>;
using StatementPtr = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// Why a file could not be opened, and whether the file is to blame.
struct OpenFailure {
  Error error;
  bool damaged = false;
};

ErrorCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorCode::kUnavailable;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return ErrorCode::kInvalidInput;
    default:
      return ErrorCode::kInternal;
  }
}

bool IsDamage(int sqlite_code) {
  const int primary = sqlite_code & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

tl::unexpected<Error> FailWith(sqlite3* database, const std::string& path) {
  const int code = sqlite3_extended_errcode(database);
  const int primary = code & 0xff;
  const int system = sqlite3_system_errno(database);
  const bool has_cause = (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && system != 0;
  return Fail(CodeOf(code),
              fmt::format("database {}: {}{}", path, sqlite3_errmsg(database),
                          has_cause ? fmt::format(": {}", std::strerror(system)) : ""));
}

struct Binder {
  sqlite3_stmt* statement;
  int index;

  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, index); }

  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }

  int operator()(double value) const { return sqlite3_bind_double(statement, index, value); }

  int operator()(std::string_view text) const {
    // A null pointer would bind NULL instead of an empty text.
    return sqlite3_bind_text64(statement, index, text.data() == nullptr ? "" : text.data(),
                               text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }

  int operator()(Blob blob) const {
    return sqlite3_bind_blob64(statement, index, blob.bytes.empty() ? "" : blob.bytes.data(),
                               blob.bytes.size(), SQLITE_STATIC);
  }
};

/// Resets a statement in its destructor, so that it holds no lock and no parameter.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(sqlite3_stmt* statement) : statement_(statement) {}

  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

  ~ResetAtEnd() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* const statement_;
};

/// Rolls a transaction back in its destructor, unless it has ended: after an error or an exception.
class RollbackAtEnd {
 public:
  explicit RollbackAtEnd(sqlite3* database) : database_(database) {}

  RollbackAtEnd(const RollbackAtEnd&) = delete;
  RollbackAtEnd& operator=(const RollbackAtEnd&) = delete;

  ~RollbackAtEnd() {
    if (sqlite3_get_autocommit(database_) == 0) {  // SQLite rolls back by itself after some errors.
      // If this fails, the next BEGIN returns an error.
      sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
  }

 private:
  sqlite3* const database_;
};

sqlite3_stmt* StatementOf(void* statement) {
  return static_cast<sqlite3_stmt*>(statement);
}

/// Creates the file, if it does not exist, with access only for its owner. SQLite gives its
/// auxiliary files the same mode. Errors: kInvalidInput: there is something else with this name.
Result<void> MakeFile(const std::string& path) {
  struct stat status {};

  const int file =
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, S_IRUSR | S_IWUSR);
  const bool is_file = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  const int cause = file >= 0 ? EINVAL : errno;
  if (file >= 0) {
    close(file);
  }
  const bool is_wrong = file >= 0 || cause == EISDIR || cause == ELOOP || cause == ENXIO;
  if (is_file || !is_wrong) {
    return {};  // SQLite will report the error.
  }
  return Fail(
      ErrorCode::kInvalidInput,
      fmt::format("database {}: {}", path, file >= 0 ? "it is not a file" : std::strerror(cause)));
}

/// Renames the file and its auxiliary files, so that they can still be opened by hand.
Result<std::string> MoveAside(const std::string& path, Timestamp now) {
  std::string aside = fmt::format("{}.damaged-{}", path, FormatRfc3339(now));
  for (const std::string_view suffix : {"", "-wal", "-shm"}) {
    std::error_code error;
    std::filesystem::rename(fmt::format("{}{}", path, suffix), fmt::format("{}{}", aside, suffix),
                            error);
    if (error && error != std::errc::no_such_file_or_directory) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("cannot rename {}{}: {}", path, suffix, error.message()));
    }
  }
  return aside;
}

}  // namespace

std::int64_t Row::Integer(int column) const {
  return sqlite3_column_int64(StatementOf(statement_), column);
}

double Row::Real(int column) const {
  return sqlite3_column_double(StatementOf(statement_), column);
}

std::string_view Row::Text(int column) const {
  const void* bytes = sqlite3_column_blob(StatementOf(statement_), column);
  const int size = sqlite3_column_bytes(StatementOf(statement_), column);
  return bytes == nullptr
             ? std::string_view()
             : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

bool Row::IsNull(int column) const {
  return sqlite3_column_type(StatementOf(statement_), column) == SQLITE_NULL;
}

/// An SQLite connection with its prepared statements.
struct Database::Connection {
  std::string path;
  Mutex mutex;
  DatabasePtr handle GUARDED_BY(mutex);
  bool damaged GUARDED_BY(mutex) = false;  ///< The result of the integrity check.
  std::map<std::string, StatementPtr, std::less<>> statements GUARDED_BY(mutex);

  Result<sqlite3_stmt*> Prepare(std::string_view sql) REQUIRES(mutex);
  Result<void> Query(std::string_view sql, Values parameters, const RowReader& each)
      REQUIRES(mutex);

  Result<void> Run(std::string_view sql, Values parameters = {}) REQUIRES(mutex) {
    return Query(sql, parameters, [](const Row&) {});
  }

  Result<void> RunScript(const std::string& sql) REQUIRES(mutex);
  Result<void> Open(const Options& options) REQUIRES(mutex);
  Result<void> CheckIntegrity() REQUIRES(mutex);
  Result<void> Migrate(const Options& options) REQUIRES(mutex);

  static Result<std::unique_ptr<Connection>, OpenFailure> Make(const Options& options);
};

Result<sqlite3_stmt*> Database::Connection::Prepare(std::string_view sql) {
  if (const auto found = statements.find(sql); found != statements.end()) {
    return found->second.get();
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    return FailWith(handle.get(), path);
  }
  statements.emplace(sql, statement);
  return statement;
}

Result<void> Database::Connection::Query(std::string_view sql, Values parameters,
                                         const RowReader& each) {
  const Result<sqlite3_stmt*> statement = Prepare(sql);
  if (!statement) {
    return Fail(statement.error());
  }
  const ResetAtEnd reset(*statement);
  int index = 0;
  for (const Value& parameter : parameters) {
    if (std::visit(Binder{*statement, ++index}, parameter) != SQLITE_OK) {
      return FailWith(handle.get(), path);
    }
  }
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(*statement)) == SQLITE_ROW) {
    each(Row(*statement));
  }
  if (code != SQLITE_DONE) {
    return FailWith(handle.get(), path);
  }
  return {};
}

Result<void> Database::Connection::RunScript(const std::string& sql) {
  if (sqlite3_exec(handle.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return FailWith(handle.get(), path);
  }
  return {};
}

Result<void> Database::Connection::Open(const Options& options) {
  path = options.path.empty() ? "in memory" : options.path;
  const bool is_made = options.path.empty() || options.read_only;
  if (Result<void> made = is_made ? Result<void>() : MakeFile(path); !made) {
    return made;
  }
  sqlite3* opened = nullptr;
  const int access =
      options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(options.path.empty() ? ":memory:" : options.path.c_str(),
                                   &opened, access | SQLITE_OPEN_NOMUTEX, nullptr);
  handle.reset(opened);
  if (code != SQLITE_OK) {
    return FailWith(opened, path);
  }
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, kBusyTimeoutMs);
  if (options.read_only) {
    return {};
  }
  return RunScript(
      fmt::format("PRAGMA journal_mode = WAL; PRAGMA synchronous = {};"
                  "PRAGMA foreign_keys = ON; PRAGMA cache_size = -{};",
                  options.durability == Durability::kFull ? "FULL" : "NORMAL", kCacheKib));
}

Result<void> Database::Connection::CheckIntegrity() {
  std::string verdict;
  Result<void> checked =
      Query("PRAGMA integrity_check(1)", {}, [&](const Row& row) { verdict = row.Text(0); });
  if (checked && verdict != "ok") {
    damaged = true;
    return Fail(ErrorCode::kInternal, fmt::format("database {}: {}", path, verdict));
  }
  return checked;
}

Result<void> Database::Connection::Migrate(const Options& options) {
  const std::span<const std::string_view> migrations = options.migrations;
  std::size_t version = 0;
  Result<void> result = Query("PRAGMA user_version", {}, [&](const Row& row) {
    version = static_cast<std::size_t>(row.Integer(0));
  });
  if (result && version > migrations.size()) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("database {} has version {}, and this Hakem knows up to {}: run the "
                            "newer Hakem that wrote it, or choose another state directory",
                            path, version, migrations.size()));
  }
  if (result && options.read_only && version < migrations.size()) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("database {} has version {}, and this Hakem needs {}: run hakem serve "
                            "once, which brings it up to date",
                            path, version, migrations.size()));
  }
  for (; result && version < migrations.size(); ++version) {
    result = RunScript(fmt::format("BEGIN IMMEDIATE; {}; PRAGMA user_version = {}; COMMIT;",
                                   migrations[version], version + 1));
  }
  return result;
}

Result<std::unique_ptr<Database::Connection>, OpenFailure> Database::Connection::Make(
    const Options& options) {
  auto connection = std::make_unique<Connection>();
  const MutexLock lock(connection->mutex);
  Result<void> opened = connection->Open(options);
  if (opened) {
    opened = connection->CheckIntegrity();
  }
  if (opened) {
    opened = connection->Migrate(options);
  }
  if (!opened) {
    return Fail(OpenFailure{
        opened.error(),
        connection->damaged || IsDamage(sqlite3_extended_errcode(connection->handle.get()))});
  }
  return connection;
}

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::Open(const Options& options, const Deps& deps) {
  auto connection = Connection::Make(options);
  if (!connection && connection.error().damaged && !options.read_only) {
    const Result<std::string> aside = MoveAside(options.path, deps.clock.Now());
    if (!aside) {
      return Fail(aside.error().code,
                  fmt::format("{}, and it cannot be moved aside: {}",
                              connection.error().error.message, aside.error().message));
    }
    deps.log.Error("database is damaged: moved aside, an empty one takes its place",
                   {{"path", options.path},
                    {"moved_to", *aside},
                    {"error", connection.error().error.message}});
    connection = Connection::Make(options);
  }
  if (!connection) {
    return Fail(connection.error().error);
  }
  return std::unique_ptr<Database>(new Database(*std::move(connection)));
}

Result<void> Database::Run(std::string_view sql, Values parameters) {
  const MutexLock lock(connection_->mutex);
  return connection_->Run(sql, parameters);
}

Result<void> Database::Query(std::string_view sql, Values parameters, const RowReader& each) {
  const MutexLock lock(connection_->mutex);
  return connection_->Query(sql, parameters, each);
}

Result<void> Database::InTransaction(const std::function<Result<void>(Transaction&)>& body) {
  const MutexLock lock(connection_->mutex);
  Result<void> result = connection_->Run("BEGIN IMMEDIATE");
  if (!result) {
    return result;
  }
  const RollbackAtEnd rollback(connection_->handle.get());
  Transaction transaction(*connection_);
  result = body(transaction);
  return result ? connection_->Run("COMMIT") : result;
}

Result<void> Database::Transaction::Run(std::string_view sql, Values parameters)
    HAKEM_THREAD_ATTRIBUTE(no_thread_safety_analysis) {
  return connection_.Run(sql, parameters);
}

Result<void> Database::Transaction::Query(std::string_view sql, Values parameters,
                                          const RowReader& each)
    HAKEM_THREAD_ATTRIBUTE(no_thread_safety_analysis) {
  return connection_.Query(sql, parameters, each);
}

}  // namespace hakem::state
