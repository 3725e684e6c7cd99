#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace hakem {

/// Twelve connections that write up to three moves in a transaction, which lingers before it ends;
/// each tenth is rolled back.
struct LateWriters {
  std::string dsn;
  std::string move;                   ///< The statement that writes one.
  int transactions = 10;              ///< Of each writer.
  std::chrono::milliseconds longest;  ///< That one lingers.
};

/// Lets them write, and calls `collect` with 0, 1, … `rounds` - 1 meanwhile: each time that one
/// more share of all transactions has ended. At the last call none is open.
void WriteWhileCollecting(const LateWriters& writers, int rounds,
                          const std::function<void(int)>& collect);

}  // namespace hakem
