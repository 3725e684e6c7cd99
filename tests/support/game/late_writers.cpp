#include "tests/support/game/late_writers.h"

#include <fmt/format.h>

#include <atomic>
#include <pqxx/pqxx>
#include <random>
#include <thread>
#include <vector>

namespace hakem {
namespace {

constexpr int kWriters = 12;

void Write(const LateWriters& writers, unsigned seed, std::atomic<int>& ended) {
  std::mt19937 random(seed);
  pqxx::connection connection(writers.dsn);
  for (int i = 0; i < writers.transactions; ++i) {
    pqxx::work work(connection);
    for (unsigned moves = random() % 4; moves > 0; --moves) {
      work.exec(writers.move);
    }
    work.exec(fmt::format("SELECT pg_sleep({} / 1000.0)",
                          random() % static_cast<unsigned>(writers.longest.count())));
    if (i % 10 == 9) {
      work.abort();
    } else {
      work.commit();
    }
    ++ended;
    ended.notify_all();
  }
}

}  // namespace

void WriteWhileCollecting(const LateWriters& writers, int rounds,
                          const std::function<void(int)>& collect) {
  std::atomic<int> ended = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i] { Write(writers, i, ended); });
  }
  for (int round = 0; round < rounds; ++round) {
    const int due = kWriters * writers.transactions * (round + 1) / rounds;
    for (int now = ended; now < due; now = ended) {
      ended.wait(now);
    }
    collect(round);
  }
}

}  // namespace hakem
