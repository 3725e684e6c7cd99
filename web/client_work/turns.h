#pragma once

#include <condition_variable>
#include <cstddef>
#include <list>

#include "model/clock.h"
#include "model/mutex.h"

namespace hakem::web {

/// Lets only `at_once` threads compute at a time, usually as many as there are processors. The
/// others wait, and all take turns of kSlice each. Waiting threads hold no locks and use no
/// processor time, so that a thread of low priority that holds a lock releases it soon, however
/// many requests there are. Thread-safe.
class Turns {
 public:
  /// How long a thread may run while others wait.
  static constexpr Duration kSlice = std::chrono::milliseconds(20);

  /// `clock` outlives it.
  Turns(std::size_t at_once, const Clock& clock) : at_once_(at_once), clock_(clock) {}

  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;
  ~Turns() = default;

  /// A thread's turn. The constructor waits for it, and the destructor passes it on.
  class Turn {
   public:
    explicit Turn(Turns& turns)
        : turns_(turns), waited_(turns.Wait()), began_(turns.clock_.SteadyNow()) {}

    ~Turn() { turns_.End(); }

    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    /// Passes the turn on and waits for another one, if this one has lasted kSlice and others wait.
    /// The caller must not hold a lock that they may need.
    void Share();

    /// Whether other threads came first, so that the client may have gone in the meantime.
    bool waited() const { return waited_; }

   private:
    Turns& turns_;
    const bool waited_;
    SteadyTime began_;
  };

  /// The processors that this process may run on, at least one.
  static std::size_t Processors();

 private:
  struct Waiter {
    bool may_go = false;
    std::condition_variable_any woken;
  };

  bool Wait();
  void End();
  bool HandOn() REQUIRES(mutex_);

  const std::size_t at_once_;
  const Clock& clock_;
  Mutex mutex_;
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::list<Waiter*> waiting_ GUARDED_BY(mutex_);  ///< Longest waiting first.
};

}  // namespace hakem::web
