#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem::collectors {

/// The result of a query: cells in PostgreSQL's text format, nothing for NULL. Immutable.
class Rows {
 public:
  using Cell = std::optional<std::string>;

  Rows() = default;

  /// The cells are ordered row by row. Requires: their number is a multiple of the number of
  /// columns.
  Rows(std::vector<std::string> columns, std::vector<Cell> cells);

  std::size_t size() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }

  bool empty() const { return cells_.empty(); }

  const std::vector<std::string>& columns() const { return columns_; }

  /// Returns the index of a column. Errors: kInternal: the query has no such column.
  Result<std::size_t> Column(std::string_view name) const;

  /// Returns a cell as text; nothing for NULL. Requires: row < size(), column < columns().size().
  std::optional<std::string_view> Text(std::size_t row, std::size_t column) const;

  /// Returns a cell as a number; `t` is 1 and `f` is 0. Returns nothing for NULL and for text that
  /// is no number. Requires: as for Text.
  std::optional<double> Number(std::size_t row, std::size_t column) const;

 private:
  std::vector<std::string> columns_;
  std::vector<Cell> cells_;
};

/// Facts about the server, read when the connection was made.
struct ServerFacts {
  std::uint64_t connection =
      0;            ///< Changes with each reconnect, which drops prepared statements and settings.
  int version = 0;  ///< server_version_num, such as 150004.
  bool in_recovery = false;  ///< The server is a standby.
  bool is_monitor = false;   ///< The role is a member of pg_monitor, or a superuser.
  std::string database;
  std::set<std::string, std::less<>> extensions;  ///< Names of installed extensions.
};

/// Session options that differ between collectors.
struct RoundOptions {
  /// True: texts belong to the session's own database, such as names of its tables, and are
  /// returned as UTF-8. False: they are returned as stored bytes, because names of databases and
  /// roles are shared by databases with different encodings and the server cannot convert them.
  bool own_texts = false;
  /// True: statements may read views and foreign tables of users, which runs code of their owners.
  bool user_views = false;
};

/// One connection to PostgreSQL, read-only and with every limit set. Used by one thread at a time.
class Session {
 public:
  virtual ~Session() = default;

  /// Runs one statement, or several separated by `;`, in one round trip and returns the rows of the
  /// last one. They run in an explicit read-only transaction at READ COMMITTED, with all limits and
  /// pinned settings set again. Each statement sees what was committed when it began. Requires:
  /// `sql` neither begins nor ends a transaction.
  ///
  /// Errors: kTimeout: statement_timeout, lock_timeout or the client's own deadline. kUnavailable:
  /// the connection is lost. kInvalidInput: the server rejected the SQL (syntax, a missing table or
  /// column), or the answer is larger than the session's limits. kRefused: no permission.
  virtual Result<Rows> Query(std::string_view sql) = 0;

  /// Sets the options of all following calls of Query.
  virtual void Configure(const RoundOptions& /*options*/) {}

  virtual const ServerFacts& facts() const = 0;
};

/// Returns the text as an SQL literal `'…'`; safe for any text.
std::string QuoteLiteral(std::string_view text);

/// Returns the name as a quoted SQL identifier `"…"`; safe for any text.
std::string QuoteIdentifier(std::string_view name);

}  // namespace hakem::collectors
