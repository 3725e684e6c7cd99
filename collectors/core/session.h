#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem::collectors {

/// What a query returned: cells in PostgreSQL's text format, NULL as nothing. Immutable.
class Rows {
 public:
  using Cell = std::optional<std::string>;

  Rows() = default;

  /// Requires: the number of cells is a multiple of the number of columns. Row by row.
  Rows(std::vector<std::string> columns, std::vector<Cell> cells);

  std::size_t size() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }

  bool empty() const { return cells_.empty(); }

  const std::vector<std::string>& columns() const { return columns_; }

  /// The column's index. Errors: kInternal when the query has no such column.
  Result<std::size_t> Column(std::string_view name) const;

  /// The cell's text, nothing for NULL. Requires: row < size(), column < columns().size().
  std::optional<std::string_view> Text(std::size_t row, std::size_t column) const;

  /// The cell as a number (`t` is 1, `f` is 0), nothing for NULL and for text that is none.
  std::optional<double> Number(std::size_t row, std::size_t column) const;

 private:
  std::vector<std::string> columns_;
  std::vector<Cell> cells_;
};

/// What was found out about the server when this connection was made.
struct ServerFacts {
  std::uint64_t connection =
      0;            ///< Changes at each reconnect: prepared statements and settings are gone.
  int version = 0;  ///< server_version_num: 150004.
  bool in_recovery = false;  ///< A standby.
  bool is_monitor = false;   ///< The role is a member of pg_monitor, or a superuser.
  std::string database;
  std::set<std::string, std::less<>> extensions;
};

/// What the statements of one collector need beyond what every round of a session has.
struct RoundOptions {
  /// Texts belong to the session's own database, such as names of its tables, and come as UTF-8.
  /// Otherwise their bytes come as they are stored: names of databases and roles are shared by
  /// databases of different encodings, so the server cannot convert them.
  bool own_texts = false;
  /// May read views and foreign tables that users made: code of their owners runs there.
  bool user_views = false;
};

/// One connection to PostgreSQL, read-only and with every limit set. Used by one thread at a time.
class Session {
 public:
  virtual ~Session() = default;

  /// Runs one statement, or several separated by `;`, as one round: one round trip, in which all of
  /// them run inside an explicit transaction that is read-only, at READ COMMITTED, and has every
  /// limit and pinned setting set anew. Returns the last statement's rows. Each statement sees what
  /// was committed when it began. `sql` neither begins nor ends a transaction.
  ///
  /// Errors: kTimeout: statement_timeout, lock_timeout or the client's own deadline. kUnavailable:
  /// the connection is lost. kInvalidInput: the server rejected the SQL (syntax, a missing table or
  /// column), or the answer is larger than the session's limits. kRefused: no permission.
  virtual Result<Rows> Query(std::string_view sql) = 0;

  /// Sets what the next rounds need, until it is called again.
  virtual void Configure(const RoundOptions& /*options*/) {}

  virtual const ServerFacts& facts() const = 0;
};

/// `'…'`, safe in any statement whatever the text.
std::string QuoteLiteral(std::string_view text);

/// `"…"`, safe in any statement whatever the text.
std::string QuoteIdentifier(std::string_view name);

}  // namespace hakem::collectors
