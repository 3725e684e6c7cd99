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

/// What a commit survives. A killed process loses nothing in either case.
enum class Durability {
  kFull,    ///< A power failure loses nothing either: each commit waits for the disk.
  kNormal,  ///< A power failure may lose the last commits, but damages nothing.
};

/// Bytes of a BLOB, borrowed.
struct Blob {
  std::string_view bytes;
};

/// A parameter of a statement, borrowed for the call; nullptr is NULL.
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, Blob>;
using Values = std::initializer_list<Value>;

/// One row of an answer; columns count from 0. What it returns as a view lives until the next row.
class Row {
 public:
  /// `statement`: SQLite's, at a row.
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

/// One SQLite file in WAL mode, or a database in memory. Thread-safe: a call, or a whole
/// transaction, runs alone.
///
/// Errors of all calls: kUnavailable where a later try may succeed (disk full or read-only, file
/// locked); kInvalidInput where a constraint of the schema says no; kInternal for the rest.
class Database {
 public:
  struct Options {
    std::string path;  ///< Empty: in memory.
    Durability durability = Durability::kFull;
    /// SQL texts, run in order, each once in a file's life: its `user_version` counts them. Only
    /// ever appended to.
    std::span<const std::string_view> migrations;
  };

  struct Deps {
    const Clock& clock;  ///< Names what is moved aside.
    Logger log;
  };

  struct Connection;

  /// What a transaction's body may do.
  class Transaction {
   public:
    Result<void> Run(std::string_view sql, Values parameters = {});
    Result<void> Query(std::string_view sql, Values parameters, const RowReader& each);

   private:
    friend class Database;

    explicit Transaction(Connection& connection) : connection_(connection) {}

    Connection& connection_;  ///< Whose mutex InTransaction holds.
  };

  /// Opens or creates the file, checks its integrity and migrates it. A file that is damaged or no
  /// database is renamed to `PATH.damaged-TIME`, which the log tells, and a new one takes its
  /// place. Errors: kInvalidInput also for a file that a newer Hakem wrote: it is left alone.
  static Result<std::unique_ptr<Database>> Open(const Options& options, const Deps& deps);

  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// Runs one statement; rows it may yield are dropped. It is prepared once and kept.
  Result<void> Run(std::string_view sql, Values parameters = {});

  /// Hands each row of the answer to `each`, which must not use this database.
  Result<void> Query(std::string_view sql, Values parameters, const RowReader& each);

  /// All or nothing: commits what `body` did, or undoes it when `body` or the commit fails. `body`
  /// uses its argument alone, never this database itself.
  Result<void> InTransaction(const std::function<Result<void>(Transaction&)>& body);

 private:
  explicit Database(std::unique_ptr<Connection> connection);

  const std::unique_ptr<Connection> connection_;  ///< Synchronises itself.
};

}  // namespace hakem::state
