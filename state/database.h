#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "model/clock.h"
#include "model/log.h"
#include "model/result.h"

namespace hakem::state {

/// What a commit survives. If only the process is killed, no commit is lost in either case.
enum class Durability {
  kFull,    ///< A power failure loses no commit: each one waits for the disk.
  kNormal,  ///< A power failure may lose the last commits, but does not damage the file.
};

/// Bytes of a BLOB, borrowed.
struct Blob {
  std::string_view bytes;
};

/// A parameter of a statement, borrowed for the call. nullptr is NULL.
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, Blob>;
using Values = std::initializer_list<Value>;

/// One row of a result. Columns are numbered from 0. Views that it returns live until the next row.
class Row {
 public:
  /// `statement`: an sqlite3_stmt that has a row.
  explicit Row(void* statement) : statement_(statement) {}

  std::int64_t Integer(int column) const;
  double Real(int column) const;

  /// The bytes of a TEXT or a BLOB; "" for NULL.
  std::string_view Text(int column) const;

  bool IsNull(int column) const;

 private:
  void* const statement_;
};

using RowReader = std::function<void(const Row&)>;

/// An SQLite file in WAL mode, or a database in memory. Thread-safe: only one call, or one
/// transaction, runs at a time.
///
/// Errors of all functions: kUnavailable: a later try may succeed (disk full or read-only, file
/// locked); kInvalidInput: a constraint of the schema was violated; kInternal: all others.
class Database {
 public:
  struct Options {
    std::string path;  ///< Empty: in memory.
    Durability durability = Durability::kFull;
    /// SQL scripts that are run in order, each once per file. The `user_version` of the file counts
    /// them. New ones are appended; released ones never change.
    std::span<const std::string_view> migrations;
    /// Opens a file that may belong to a running Hakem: it must exist and have all migrations, and
    /// is not changed, not even if it is damaged.
    bool read_only = false;
  };

  struct Deps {
    const Clock& clock;  ///< For the name of a file that is moved aside.
    Logger log;
  };

  struct Connection;

  /// The functions that the body of a transaction may call.
  class Transaction {
   public:
    Result<void> Run(std::string_view sql, Values parameters = {});
    Result<void> Query(std::string_view sql, Values parameters, const RowReader& each);

   private:
    friend class Database;

    explicit Transaction(Connection& connection) : connection_(connection) {}

    Connection& connection_;  ///< Whose mutex InTransaction holds.
  };

  /// Opens or creates the file, checks its integrity and runs the migrations. A file that is
  /// damaged or not a database is renamed to `PATH.damaged-TIME`, with a log line, and replaced by
  /// a new one. Errors: kInvalidInput also for a file that a newer Hakem wrote; it is not changed.
  static Result<std::unique_ptr<Database>> Open(const Options& options, const Deps& deps);

  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// Runs one statement and drops its rows. Prepared statements are cached by their text.
  Result<void> Run(std::string_view sql, Values parameters = {});

  /// Calls `each` for each row of the result. `each` must not use this database.
  Result<void> Query(std::string_view sql, Values parameters, const RowReader& each);

  /// Runs `body` in a transaction, which is rolled back if `body` or the commit fails or throws.
  /// `body` uses only its argument, not this database.
  Result<void> InTransaction(const std::function<Result<void>(Transaction&)>& body);

 private:
  explicit Database(std::unique_ptr<Connection> connection);

  const std::unique_ptr<Connection> connection_;  ///< Thread-safe.
};

}  // namespace hakem::state
