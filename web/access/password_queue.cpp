#include "web/access/password_queue.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace hakem::web {

PasswordQueue::PasswordQueue() : PasswordQueue(Limits()) {}

PasswordQueue::PasswordQueue(Limits limits) : limits_(limits) {
  for (int i = 0; i < kThreads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { Run(stop); });
  }
}

PasswordQueue::~PasswordQueue() {
  for (std::jthread& thread : threads_) {
    thread.request_stop();
  }
}

void PasswordQueue::Push(Job job) {
  std::optional<Job> too_much;
  {
    const MutexLock lock(mutex_);
    const std::string name = job.address;
    Insert(std::move(job));
    auto address = std::find_if(addresses_.begin(), addresses_.end(),
                                [&](const Address& known) { return known.name == name; });
    if (!IsTooMuch(*address) && waiting_ > limits_.all) {
      address = std::max_element(
          addresses_.begin(), addresses_.end(),
          [](const Address& a, const Address& b) { return a.waiting < b.waiting; });
      too_much = TakeNewestOf(address);
    } else if (IsTooMuch(*address)) {
      too_much = TakeNewestOf(address);
    }
  }
  changed_.notify_one();
  if (too_much) {
    too_much->turn_away();
  }
}

void PasswordQueue::Insert(Job job) {
  auto address = std::find_if(addresses_.begin(), addresses_.end(),
                              [&](const Address& known) { return known.name == job.address; });
  if (address == addresses_.end()) {
    address = addresses_.insert(addresses_.end(), Address{.name = job.address, .users = {}});
  }
  auto& users = address->users;
  auto user = std::find_if(users.begin(), users.end(),
                           [&](const User& known) { return known.name == job.user; });
  if (user == users.end()) {
    user = users.insert(users.end(), User{.name = job.user, .jobs = {}});
  }
  user->jobs.push_back(std::move(job));
  ++address->waiting;
  ++waiting_;
}

bool PasswordQueue::IsTooMuch(const Address& address) const {
  return address.waiting > limits_.per_address ||
         std::any_of(address.users.begin(), address.users.end(),
                     [&](const User& user) { return user.jobs.size() > limits_.per_user; });
}

/// Takes a job of the user with the most waiting jobs at the address; of equals, the last one.
PasswordQueue::Job PasswordQueue::TakeNewestOf(std::list<Address>::iterator address) {
  auto most = address->users.begin();
  for (auto user = address->users.begin(); user != address->users.end(); ++user) {
    most = user->jobs.size() >= most->jobs.size() ? user : most;
  }
  Job job = std::move(most->jobs.back());
  most->jobs.pop_back();
  if (most->jobs.empty()) {
    address->users.erase(most);
  }
  --address->waiting;
  --waiting_;
  if (address->waiting == 0) {
    addresses_.erase(address);
  }
  return job;
}

/// Takes the oldest job of the first user of the first address. Moves both to the end of their
/// lists.
PasswordQueue::Job PasswordQueue::TakeNext() {
  Address& address = addresses_.front();
  User& user = address.users.front();
  Job job = std::move(user.jobs.front());
  user.jobs.pop_front();
  --address.waiting;
  --waiting_;
  if (user.jobs.empty()) {
    address.users.pop_front();
  } else {
    address.users.splice(address.users.end(), address.users, address.users.begin());
  }
  if (address.waiting == 0) {
    addresses_.pop_front();
  } else {
    addresses_.splice(addresses_.end(), addresses_, addresses_.begin());
  }
  return job;
}

void PasswordQueue::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::optional<Job> job;
    {
      MutexLock lock(mutex_);
      if (!changed_.wait(lock, stop, [this]() REQUIRES(mutex_) { return waiting_ > 0; }) ||
          stop.stop_requested()) {
        return;
      }
      job = TakeNext();
    }
    try {
      job->run();
    } catch (...) {  // No memory: the client gets an answer when its time is over.
    }
  }
}

std::string TurnOf(const std::string& address) {
  in6_addr bytes{};
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1) {
    return address;
  }
  std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr), std::uint8_t{0});
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(AF_INET6, &bytes, text, sizeof(text));
  return text;
}

}  // namespace hakem::web
