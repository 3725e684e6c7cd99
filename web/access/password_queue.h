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

/// Runs checks of passwords, which are expensive on purpose and can be requested by anybody, on
/// kThreads threads. Queues are bounded and fair: addresses take turns, and so do the users of an
/// address. So guessing passwords delays honest clients by a few checks, and locks nobody out.
/// Thread-safe.
class PasswordQueue {
 public:
  static constexpr int kThreads = 2;

  struct Limits {
    std::size_t per_user = 48;  ///< Waiting jobs of one user at one address.
    std::size_t per_address = 64;
    std::size_t all = 512;
  };

  struct Job {
    std::string address;              ///< The client's address.
    std::string user;                 ///< The name that the client sent; it may be unknown.
    std::function<void()> run;        ///< Called on a thread of the queue.
    std::function<void()> turn_away;  ///< Called instead of `run` when too many jobs wait.
  };

  PasswordQueue();
  explicit PasswordQueue(Limits limits);

  /// Waits for running jobs and drops waiting ones.
  ~PasswordQueue();
  PasswordQueue(const PasswordQueue&) = delete;
  PasswordQueue& operator=(const PasswordQueue&) = delete;

  /// Queues the job. When too many wait, turns away the newest job of the user or address that has
  /// the most waiting, which may be this job. Calls its `turn_away` on this thread.
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

/// The key by which clients take turns: an IPv4 address, or the /64 prefix of an IPv6 address,
/// since one client usually owns all addresses of the prefix.
std::string TurnOf(const std::string& address);

}  // namespace hakem::web
