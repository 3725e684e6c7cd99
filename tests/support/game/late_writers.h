#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace hakem {

/// Twelve connections that write up to three moves per transaction and then wait before they end
/// it. Every tenth transaction is rolled back.
struct LateWriters {
  std::string dsn;
  std::string move;                   ///< The statement that writes one move.
  int transactions = 10;              ///< Per writer.
  std::chrono::milliseconds longest;  ///< How long a transaction waits at most.
};

/// Runs the writers and calls `collect` with 0, 1, … `rounds` - 1 meanwhile, each time when a
/// further share of all transactions has ended. At the last call no transaction is open.
void WriteWhileCollecting(const LateWriters& writers, int rounds,
                          const std::function<void(int)>& collect);

}  // namespace hakem
