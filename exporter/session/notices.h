#pragma once

#include <cstddef>
#include <string_view>

#include "model/log.h"

struct pg_conn;  // libpq's connection.

namespace hakem::exporter {

/// Logs the notices and warnings of a server, at level debug; libpq would write them to standard
/// error. Long texts are truncated, and only the first kMost of each round are logged. Used by one
/// thread.
class Notices {
 public:
  explicit Notices(Logger log) : log_(std::move(log)) {}

  Notices(const Notices&) = delete;
  Notices& operator=(const Notices&) = delete;
  ~Notices() = default;

  /// Makes `notices`, which outlives the connection, receive its notices. Null: they are dropped.
  static void Receive(pg_conn* connection, Notices* notices);

  /// Logs a notice: the first line of `text`.
  void Add(std::string_view severity, std::string_view sqlstate, std::string_view text);

  /// Starts a new round, in which up to kMost are logged again.
  void Renew() { left_ = kMost; }

  static constexpr int kMost = 5;
  static constexpr std::size_t kLongest = 300;  ///< Bytes of a logged text.

 private:
  const Logger log_;
  int left_ = kMost;
};

}  // namespace hakem::exporter
