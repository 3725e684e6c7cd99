#pragma once

#include <condition_variable>
#include <cstddef>
#include <list>

#include "model/clock.h"
#include "model/mutex.h"

namespace hakem::web {

/// Lets only as many threads compute at a time as there are processors for them; the others wait
/// and take turns of a fifth of a scheduler's period each. Threads that wait hold no lock and
/// compete with nobody, so that a lock which one of low priority holds is given back soon, however
/// many requests there are. Thread-safe.
class Turns {
 public:
  /// How long one thread may go on while others wait.
  static constexpr Duration kSlice = std::chrono::milliseconds(20);

  /// `clock` outlives it.
  Turns(std::size_t at_once, const Clock& clock) : at_once_(at_once), clock_(clock) {}

  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  /// One thread's turn: waits for it, and hands it on at the end of its scope.
  class Turn {
   public:
    explicit Turn(Turns& turns) : turns_(turns) { began_ = turns_.Wait(); }

    ~Turn() { turns_.End(); }

    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    /// Lets those who wait go first when this turn has lasted for kSlice. The caller must hold no
    /// lock that any of them may want.
    void Share();

   private:
    Turns& turns_;
    SteadyTime began_;
  };

  /// The processors that this process may run on, at least one.
  static std::size_t Processors();

 private:
  struct Waiter {
    bool may_go = false;
    std::condition_variable_any woken;
  };

  SteadyTime Wait();
  void End();
  bool HandOn() REQUIRES(mutex_);

  const std::size_t at_once_;
  const Clock& clock_;
  Mutex mutex_;
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::list<Waiter*> waiting_ GUARDED_BY(mutex_);  ///< The one that has waited longest first.
};

}  // namespace hakem::web
