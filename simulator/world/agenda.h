#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace hakem::simulator {

/// Time in a World: since it began.
using Offset = std::chrono::microseconds;

/// What is to be done when: earliest first, of the same time in the order in which it was added.
template <typename Task>
class Agenda {
 public:
  struct Entry {
    Offset at;
    std::uint64_t order;
    Task task;
  };

  void Add(Offset at, Task task) { entries_.push(Entry{at, added_++, std::move(task)}); }

  /// When the next task is due; nothing when there is none.
  std::optional<Offset> NextAt() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.top().at);
  }

  /// Takes the next task that is due at `until` or before.
  std::optional<Entry> Take(Offset until) {
    if (entries_.empty() || entries_.top().at > until) {
      return std::nullopt;
    }
    Entry next = entries_.top();
    entries_.pop();
    return next;
  }

 private:
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return std::pair(a.at, a.order) > std::pair(b.at, b.order);
    }
  };

  std::priority_queue<Entry, std::vector<Entry>, Later> entries_;
  std::uint64_t added_ = 0;
};

}  // namespace hakem::simulator
