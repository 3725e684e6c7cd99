#include "web/gateway/worker_pool.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace hakem::web {
namespace {

constexpr Duration kMostIdle = std::chrono::hours(12);  // CivetWeb closes after 24 days.

}  // namespace

WorkerPool::WorkerPool(Exchange& exchange, std::vector<Descriptor> sockets, const Logger& log,
                       SteadyTime now)
    : exchange_(exchange),
      log_(log),
      most_queries_(std::max<std::size_t>(1, sockets.size() * 3 / 4)) {
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    workers_.push_back({.socket = std::move(sockets[i]),
                        .wake_request = exchange_.WakeRequest(i),
                        .last_used = now});
    free_.push_back(i);
  }
}

bool WorkerPool::serves_clients() const {
  return std::any_of(workers_.begin(), workers_.end(),
                     [](const Worker& worker) { return worker.client != 0; });
}

std::optional<std::size_t> WorkerPool::Start(ClientId client, Request request, bool is_query,
                                             SteadyTime now) {
  const std::size_t index = free_.back();
  free_.pop_back();
  Exchange::Slot& slot = exchange_.slot(index);
  slot.request = std::move(request);
  slot.failed = false;
  slot.begun = now;
  slot.client_ended = false;
  slot.client_hung_up = false;
  slot.is_asked.store(true, std::memory_order_release);
  Worker& worker = workers_[index];
  worker.client = client;
  worker.runs_query = is_query;
  queries_ += is_query ? 1U : 0U;
  if (!SendWakeRequest(index, now)) {
    Lose(index);
    return std::nullopt;
  }
  return index;
}

bool WorkerPool::SendWakeRequest(std::size_t index, SteadyTime now) {
  Worker& worker = workers_[index];
  worker.received = 0;
  worker.last_used = now;
  const ssize_t sent = send(worker.socket.get(), worker.wake_request.data(),
                            worker.wake_request.size(), MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(worker.wake_request.size());
}

void WorkerPool::NoteClientEnded(std::size_t index) {
  exchange_.slot(index).client_ended = true;
}

void WorkerPool::Abandon(std::size_t index) {
  exchange_.slot(index).client_hung_up = true;
  workers_[index].client = 0;
}

WorkerPool::Message WorkerPool::Receive(std::size_t index) {
  Worker& worker = workers_[index];
  std::array<char, 256> bytes{};
  const ssize_t got = recv(worker.socket.get(), bytes.data(), bytes.size(), 0);
  if (got > 0) {
    worker.received += static_cast<std::size_t>(got);
    return worker.received >= Exchange::kSignal.size() ? TakeAnswer(index) : Message();
  }
  const bool is_open = got < 0 && (errno == EAGAIN || errno == EINTR);
  return is_open ? Message() : Lose(index);
}

WorkerPool::Message WorkerPool::TakeAnswer(std::size_t index) {
  Exchange::Slot& slot = exchange_.slot(index);
  const bool was_answered = !slot.is_asked.load(std::memory_order_acquire);
  Message message{.kind = Message::Kind::kAnswered};
  Response response = std::move(slot.response);
  slot.request = Request();
  if (was_answered && !slot.failed) {
    message.response = std::move(response);
  }
  message.client = Release(index);
  workers_[index].received = 0;
  free_.push_back(index);
  return message;
}

/// Nothing from outside can break the connection to a worker.
WorkerPool::Message WorkerPool::Lose(std::size_t index) {
  Worker& worker = workers_[index];
  if (!worker.socket) {
    return {};
  }
  if (!stopping_) {
    log_.Error("an HTTP worker is lost", {{"worker", index}});
  }
  worker.socket = Descriptor();
  std::erase(free_, index);
  return {.kind = Message::Kind::kLost, .client = Release(index)};
}

WorkerPool::ClientId WorkerPool::Release(std::size_t index) {
  Worker& worker = workers_[index];
  queries_ -= std::exchange(worker.runs_query, false) ? 1U : 0U;
  return std::exchange(worker.client, 0);
}

void WorkerPool::KeepAlive(SteadyTime now) {
  const std::vector<std::size_t> idle = free_;
  for (const std::size_t index : idle) {
    if (now - workers_[index].last_used >= kMostIdle) {
      std::erase(free_, index);
      if (!SendWakeRequest(index, now)) {
        Lose(index);
      }
    }
  }
}

}  // namespace hakem::web
