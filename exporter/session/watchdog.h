#pragma once

#include <list>
#include <memory>
#include <stop_token>
#include <thread>

#include "exporter/session/wakeup.h"
#include "model/clock.h"
#include "model/mutex.h"

namespace hakem::exporter {

/// Shuts down sockets whose owner has waited too long in a library that keeps no deadline of its
/// own. One thread for any number of sockets. Thread-safe.
class Watchdog {
 public:
  explicit Watchdog(const Clock& clock);

 private:
  struct Entry {
    int fd = -1;
    SteadyTime deadline;
    bool cut = false;
  };

 public:
  /// Watches one socket while it lives. Used by one thread; does not outlive the watchdog.
  class Watch {
   public:
    /// Shuts `fd` down at `deadline` or as soon as `stop` is requested.
    /// Requires: `fd` stays open as long as this object lives.
    Watch(Watchdog& watchdog, int fd, SteadyTime deadline, const std::stop_token& stop);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

    /// Whether the deadline has passed and the socket was shut down for it.
    bool expired() const;

   private:
    struct Cut {
      int fd;
      void operator()() const;
    };

    Watchdog& watchdog_;
    std::list<Entry>::iterator entry_;
    std::stop_callback<Cut> stop_;
  };

 private:
  void Run(const std::stop_token& stop);

  /// Cuts what is overdue; the next deadline.
  SteadyTime CutOverdue();

  const Clock& clock_;
  Wakeup wakeup_;
  mutable Mutex mutex_;
  std::list<Entry> entries_ GUARDED_BY(mutex_);
  std::jthread thread_;  // Last: it uses the others.
};

}  // namespace hakem::exporter
