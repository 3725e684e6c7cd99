#pragma once

#include <cstddef>
#include <string_view>

#include "model/log.h"

struct pg_conn;  // libpq's connection.

namespace hakem::exporter {

/// Logs the notices and warnings that a server sends beside its answers, at level debug, each cut
/// and not more than so many: libpq would write them to standard error. Used by one thread.
class Notices {
 public:
  explicit Notices(Logger log) : log_(std::move(log)) {}

  Notices(const Notices&) = delete;
  Notices& operator=(const Notices&) = delete;

  /// Takes the notices of a connection from now on; null: drops them. `notices` outlives it.
  static void Receive(pg_conn* connection, Notices* notices);

  /// Logs one. `text` may have several lines, of which the first is logged.
  void Add(std::string_view severity, std::string_view sqlstate, std::string_view text);

  /// Lets as many through again: to be called once a round.
  void Renew() { left_ = kMost; }

  static constexpr int kMost = 5;
  static constexpr std::size_t kLongest = 300;  ///< Bytes of a text.

 private:
  const Logger log_;
  int left_ = kMost;
};

}  // namespace hakem::exporter
