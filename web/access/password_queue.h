#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include "model/mutex.h"

namespace hakem::web {

/// Work that is expensive on purpose and that strangers can ask for: checks of passwords. kThreads
/// at once; the rest waits, with bounds, fairly: addresses take turns, and so do the users of an
/// address, so that whoever guesses delays an honest client by a few checks and locks nobody out.
/// Thread-safe.
class PasswordQueue {
 public:
  static constexpr int kThreads = 2;

  struct Limits {
    std::size_t per_user = 48;  ///< Of one address.
    std::size_t per_address = 64;
    std::size_t all = 512;
  };

  struct Job {
    std::string address;              ///< Whose turn it is.
    std::string user;                 ///< As was asked; whether there is one plays no role.
    std::function<void()> run;        ///< On a thread of the queue.
    std::function<void()> turn_away;  ///< In place of it, when there are too many.
  };

  PasswordQueue();
  explicit PasswordQueue(Limits limits);

  /// Ends what runs, forgets what waits.
  ~PasswordQueue();
  PasswordQueue(const PasswordQueue&) = delete;
  PasswordQueue& operator=(const PasswordQueue&) = delete;

  /// Queues the job. When there are too many, the newest job of whoever has the most waiting is
  /// turned away on this thread, which may be this one.
  void Push(Job job) EXCLUDES(mutex_);

 private:
  struct User {
    std::string name;
    std::deque<Job> jobs;
  };

  struct Address {
    std::string name;
    std::list<User> users;  ///< In the order of their turns.
    std::size_t waiting = 0;
  };

  void Run(const std::stop_token& stop);
  void Insert(Job job) REQUIRES(mutex_);
  Job TakeNext() REQUIRES(mutex_);
  bool IsTooMuch(const Address& address) const REQUIRES(mutex_);
  Job TakeNewestOf(std::list<Address>::iterator address) REQUIRES(mutex_);

  const Limits limits_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Address> addresses_ GUARDED_BY(mutex_);  ///< In the order of their turns.
  std::size_t waiting_ GUARDED_BY(mutex_) = 0;
  std::vector<std::jthread> threads_;  // Last: they use the others.
};

/// Who takes turns: an IPv4 address, or the /64 of an IPv6 one, of which one client has all.
std::string TurnOf(const std::string& address);

}  // namespace hakem::web
