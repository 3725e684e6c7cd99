#pragma once

#include <list>
#include <memory>
#include <stop_token>
#include <thread>

#include "exporter/session/wakeup.h"
#include "model/clock.h"
#include "model/mutex.h"

namespace hakem::exporter {

/// Shuts down sockets at a deadline, for threads that block in a library without timeouts. One
/// thread watches any number of sockets. Thread-safe.
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
  /// Watches one socket while it exists. Used by one thread; does not outlive the watchdog.
  class Watch {
   public:
    /// Shuts `fd` down at `deadline` or as soon as `stop` is requested.
    /// Requires: `fd` stays open as long as this object exists.
    Watch(Watchdog& watchdog, int fd, SteadyTime deadline, const std::stop_token& stop);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

    /// Whether the socket was shut down because the deadline passed.
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

  /// Shuts down the sockets that are overdue; returns the next deadline.
  SteadyTime CutOverdue();

  const Clock& clock_;
  Wakeup wakeup_;
  mutable Mutex mutex_;
  std::list<Entry> entries_ GUARDED_BY(mutex_);
  std::jthread thread_;  // Last: it uses the others.
};

}  // namespace hakem::exporter
