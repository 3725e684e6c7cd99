#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace hakem::simulator {

/// A time in a World, counted from its beginning.
using Offset = std::chrono::microseconds;

/// A queue of tasks by time, earliest first. Tasks of the same time keep the order of their
/// addition.
template <typename Task>
class Agenda {
 public:
  struct Entry {
    Offset at;
    std::uint64_t order;
    Task task;
  };

  void Add(Offset at, Task task) { entries_.push(Entry{at, added_++, std::move(task)}); }

  /// Returns when the next task is due; nothing if there is none.
  std::optional<Offset> NextAt() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.top().at);
  }

  /// Removes and returns the next task that is due at `until` or before; nothing if there is none.
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
