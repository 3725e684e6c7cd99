#include "web/gateway/gateway.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "format/utf8.h"
#include "model/clock.h"
#include "web/http/refusal.h"

namespace hakem::web {
namespace {

// Tags of epoll's events. Workers have consecutive tags; connections use their ids.
constexpr std::uint64_t kMailboxTag = 0;
constexpr std::uint64_t kListenerTag = 1;
constexpr std::uint64_t kFirstWorkerTag = 2;
constexpr std::uint64_t kFirstConnection = 1 << 16;

constexpr std::size_t kEventsAtOnce = 256;
constexpr std::size_t kAcceptsAtOnce = 64;
constexpr std::size_t kScratchBytes = 64 << 10;
constexpr std::size_t kMostQueued = 1024;  // In each queue.
constexpr Duration kTick = std::chrono::milliseconds(250);
constexpr Duration kStoppingTick = std::chrono::milliseconds(10);
constexpr Duration kStopGrace = std::chrono::milliseconds(500);
constexpr Duration kHalfClosedGrace = std::chrono::milliseconds(100);

SteadyTime Now() {
  return SystemClock().SteadyNow();
}

/// The reasons that the gateway itself has to refuse a request or a connection.
constexpr std::array kReasons{RefusalReason::kMalformed,   RefusalReason::kTooLarge,
                              RefusalReason::kTooSlow,     RefusalReason::kOverloaded,
                              RefusalReason::kConnections, RefusalReason::kMemory,
                              RefusalReason::kTls};

/// The reason of a status of the parser.
RefusalReason ReasonOf(int status) {
  const bool too_large = status == 413 || status == 414 || status == 431;
  return too_large ? RefusalReason::kTooLarge : RefusalReason::kMalformed;
}

void AddToEpoll(const Descriptor& epoll, int fd, std::uint64_t tag) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag;
  epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::Open(const GatewayOptions& options, Exchange& exchange,
                                               std::vector<Descriptor> workers, const Logger& log) {
  Result<Descriptor> listener = Listen(options.address);
  if (!listener) {
    return Fail(listener.error());
  }
  Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  const int wakeup = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (!epoll || wakeup < 0) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("listen on {}: {}", FormatListenAddress(options.address),
                            std::strerror(errno)));
  }
  return std::unique_ptr<Gateway>(new Gateway(options, exchange, std::move(workers), log,
                                              *std::move(listener), std::move(epoll), wakeup));
}

Gateway::Gateway(GatewayOptions options, Exchange& exchange, std::vector<Descriptor> workers,
                 const Logger& log, Descriptor listener, Descriptor epoll, int wakeup)
    : options_(std::move(options)),
      client_log_(log),
      refusals_(options_.instruments),
      epoll_(std::move(epoll)),
      mailbox_(std::make_shared<VerdictMailbox>(wakeup)),
      port_(PortOf(listener)),
      now_(Now()),
      next_tick_(now_),
      scratch_(kScratchBytes),
      last_id_(kFirstConnection),
      acceptor_(std::move(listener), epoll_, kListenerTag),
      connections_(epoll_, options_.most_connections, options_.buffer_bytes, refusals_),
      workers_(exchange, std::move(workers), log, now_),
      trimmer_(now_) {
  for (const RefusalReason reason : kReasons) {
    refusals_.Add(reason, 0);
  }
  AddToEpoll(epoll_, mailbox_->fd(), kMailboxTag);
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    AddToEpoll(epoll_, workers_.fd(i), kFirstWorkerTag + i);
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

Gateway::~Gateway() {
  thread_.request_stop();
  mailbox_->Wake();
  thread_.join();
}

void Gateway::Run(const std::stop_token& stop) {
  // OpenSSL writes with write(2), which would end the process when a client has gone.
  sigset_t pipe{};
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  SteadyTime end = SteadyTime::max();
  while (now_ < end && (!stopping_ || connections_.size() > 0)) {
    WaitAndHandle(stopping_ ? kStoppingTick : kTick);
    try {
      if (stop.stop_requested() && !stopping_) {
        end = now_ + kStopGrace;
        BeginStop();
      }
      if (now_ >= next_tick_) {
        next_tick_ = now_ + kTick;
        Tick();
      }
    } catch (const std::exception&) {  // No memory: the next tick does what was left undone.
    }
  }
  while (Entry* const entry = connections_.Any()) {
    Close(*entry);
  }
  workers_.CloseAll();
}

void Gateway::BeginStop() {
  stopping_ = true;
  acceptor_.Close();
  workers_.BeginStop();
  connections_.CloseIdle();
}

void Gateway::WaitAndHandle(Duration limit) {
  std::array<epoll_event, kEventsAtOnce> events{};
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                               static_cast<int>(limit.count()));
  now_ = Now();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const std::uint64_t tag = event.data.u64;
    try {
      Handle(tag, event.events);
    } catch (const std::exception&) {  // No memory: it costs the one connection.
      if (tag >= kFirstConnection) {
        CloseForMemory(tag);
      }
    }
  }
}

void Gateway::Handle(std::uint64_t tag, std::uint32_t events) {
  if (tag == kMailboxTag) {
    ApplyVerdicts();
  } else if (tag == kListenerTag) {
    AcceptClients();
  } else if (tag < kFirstConnection) {
    HandleWorker(static_cast<std::size_t>(tag - kFirstWorkerTag));
  } else {
    HandleClient(tag, events);
  }
}

void Gateway::HandleClient(Id id, std::uint32_t events) {
  Entry* const entry = connections_.Find(id);
  if (entry == nullptr) {
    return;  // The event before this one closed it.
  }
  Connection& connection = *entry->connection;
  if (connection.waits_for_client() || connection.stage() == Connection::Stage::kWriting) {
    return Serve(*entry);
  }
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    return Close(*entry);
  }
  if ((events & EPOLLRDHUP) != 0) {
    connection.SetPeerEnded();
    if (entry->worker) {
      workers_.NoteClientEnded(*entry->worker);
    }
    connections_.Update(*entry);
  }
}

void Gateway::ApplyVerdicts() {
  for (auto& [id, verdict] : mailbox_->TakeAll()) {
    Entry* const entry = connections_.Find(id);
    if (entry == nullptr || entry->connection->stage() != Connection::Stage::kJudging) {
      continue;
    }
    try {
      Apply(*entry, std::move(verdict));
      Serve(*entry);
    } catch (const std::exception&) {
      CloseForMemory(id);
    }
  }
}

void Gateway::AcceptClients() {
  for (std::size_t i = 0; i < kAcceptsAtOnce && AcceptOne(); ++i) {
  }
}

/// False when no client is left to be accepted, or none can be.
bool Gateway::AcceptOne() {
  Acceptor::Attempt attempt = acceptor_.Accept();
  switch (attempt.outcome) {
    case Acceptor::Outcome::kTryAgain:
      return true;
    case Acceptor::Outcome::kNobody:
      return false;
    case Acceptor::Outcome::kNoDescriptor:
      return MakeDescriptorFree();
    case Acceptor::Outcome::kFailed:
      acceptor_.Pause(now_);
      return false;
    case Acceptor::Outcome::kAccepted:
      break;
  }
  if (connections_.MakeRoom()) {
    AddConnection(std::move(attempt.client));
  } else {
    refusals_.Add(RefusalReason::kConnections);
  }
  return true;
}

/// Closes the connection that has waited longest or, when none waits, refuses the new client. False
/// when neither is possible.
bool Gateway::MakeDescriptorFree() {
  client_log_.Warn("no descriptor is left for a client", {{"connections", connections_.size()}});
  if (connections_.CloseOldestWaiting(RefusalReason::kConnections)) {
    return true;
  }
  if (acceptor_.RefuseClient()) {
    refusals_.Add(RefusalReason::kConnections);
    return true;
  }
  acceptor_.Pause(now_);
  return false;
}

void Gateway::AddConnection(Accepted client) {
  const Id id = ++last_id_;
  const int fd = client.socket.get();
  try {
    std::unique_ptr<Channel> channel =
        options_.tls != nullptr ? MakeTlsChannel(fd, options_.tls()) : MakePlainChannel(fd);
    Serve(connections_.Add(std::make_unique<Connection>(
        id, std::move(client.socket), std::move(channel),
        Client{.address = std::move(client.address)}, options_.limits, options_.timeouts, now_)));
  } catch (const std::exception&) {
    CloseForMemory(id);
  }
}

/// Does everything that can be done for a connection now. May close it.
void Gateway::Serve(Entry& entry) {
  Connection& connection = *entry.connection;
  while (true) {
    const Connection::Stage before = connection.stage();
    switch (connection.Advance(now_, scratch_)) {
      case Connection::Need::kSocket:
        return connections_.Update(entry);
      case Connection::Need::kVerdict:
        if (!Judge(entry)) {
          return connections_.Update(entry);
        }
        break;
      case Connection::Need::kRefusal: {
        const Rejection& rejection = connection.rejection();
        Refuse(entry, ReasonOf(rejection.status),
               Refusal(connection.target(), rejection.status, "bad_data", rejection.reason));
        break;
      }
      case Connection::Need::kWorker:
        return Enqueue(entry);
      case Connection::Need::kEnd:
        if (before == Connection::Stage::kHandshake) {
          LogFailedHandshake(connection);
        }
        return Close(entry);
    }
  }
}

/// False when the verdict comes later, by the mailbox.
bool Gateway::Judge(Entry& entry) {
  Connection& connection = *entry.connection;
  if (options_.authorizer == nullptr) {
    connection.Admit(false, now_);
    return true;
  }
  std::optional<Verdict> verdict = options_.authorizer->Judge(
      connection.request(), [mailbox = mailbox_, id = connection.id()](Verdict later) {
        mailbox->Post(id, std::move(later));
      });
  if (!verdict) {
    return false;
  }
  Apply(entry, *std::move(verdict));
  return true;
}

void Gateway::Apply(Entry& entry, Verdict verdict) {
  if (verdict.refusal) {  // The authorizer has counted it.
    return Send(entry, *std::move(verdict.refusal), false);
  }
  entry.connection->Admit(verdict.authenticated, now_);
}

/// Answers without a worker and closes the connection afterwards.
void Gateway::Refuse(Entry& entry, RefusalReason reason, Response response) {
  refusals_.Add(reason);
  Send(entry, std::move(response), false);
}

void Gateway::Send(Entry& entry, Response response, bool may_keep) {
  if (options_.authorizer != nullptr) {
    options_.authorizer->AddHeaders(response);
  }
  entry.connection->Respond(std::move(response), may_keep && !stopping_, now_);
}

void Gateway::LogFailedHandshake(const Connection& connection) {
  if (!connection.channel().failure().empty()) {
    refusals_.Add(RefusalReason::kTls);
    client_log_.Info(
        "the TLS handshake with a client failed",
        {{"client", connection.client().address}, {"cause", Cut(connection.channel().failure())}});
  }
}

bool Gateway::IsQuery(const Request& request) const {
  return !options_.answers_at_once || !options_.answers_at_once(request);
}

void Gateway::Enqueue(Entry& entry) {
  Connection& connection = *entry.connection;
  std::deque<Id>& queue = IsQuery(connection.request()) ? query_queue_ : page_queue_;
  if (queue.size() >= kMostQueued) {
    CloseGone();
  }
  if (queue.size() >= kMostQueued) {
    Refuse(entry, RefusalReason::kOverloaded,
           Overloaded(connection.request().path,
                      "too many requests wait to be answered: try again later"));
    return Serve(entry);
  }
  queue.push_back(connection.id());
  connections_.Update(entry);
  Dispatch();
}

void Gateway::RemoveFromQueues(Id id) {
  std::erase(query_queue_, id);
  std::erase(page_queue_, id);
}

void Gateway::Dispatch() {
  while (workers_.has_free() && DispatchFrom(page_queue_, false)) {
  }
  while (workers_.has_free_for_query() && !connections_.budget().is_short() &&
         DispatchFrom(query_queue_, true)) {
  }
}

/// Starts the first request of the queue. False when the queue is empty.
bool Gateway::DispatchFrom(std::deque<Id>& queue, bool is_query) {
  if (queue.empty()) {
    return false;
  }
  Entry* const entry = connections_.Find(queue.front());
  queue.pop_front();
  if (entry != nullptr && entry->connection->stage() == Connection::Stage::kQueued) {
    Start(*entry, is_query);
  }
  return true;
}

void Gateway::Start(Entry& entry, bool is_query) {
  Connection& connection = *entry.connection;
  connection.BeginRunning(now_);
  entry.worker = workers_.Start(connection.id(), std::move(connection.request()), is_query, now_);
  if (!entry.worker) {
    return Close(entry);
  }
  if (connection.peer_ended()) {
    workers_.NoteClientEnded(*entry.worker);
  }
  connections_.Update(entry);
}

void Gateway::HandleWorker(std::size_t index) {
  WorkerPool::Message message = workers_.Receive(index);
  switch (message.kind) {
    case WorkerPool::Message::Kind::kNothing:
      return;
    case WorkerPool::Message::Kind::kLost:
      return Finish(std::move(message));
    case WorkerPool::Message::Kind::kAnswered:
      trimmer_.CountAnswer();
      Finish(std::move(message));
      return Dispatch();
  }
}

/// Sends what a worker has answered, or closes the connection if there is no answer.
void Gateway::Finish(WorkerPool::Message message) {
  Entry* const entry = connections_.Find(message.client);
  if (entry == nullptr) {
    return;
  }
  entry->worker.reset();
  if (!message.response) {
    return Close(*entry);
  }
  try {
    Send(*entry, *std::move(message.response), true);
    Serve(*entry);
  } catch (const std::exception&) {
    CloseForMemory(message.client);
  }
}

void Gateway::Close(Entry& entry) {
  if (entry.worker) {
    workers_.Abandon(*entry.worker);
  }
  if (entry.connection->stage() == Connection::Stage::kQueued) {
    RemoveFromQueues(entry.connection->id());
  }
  connections_.Close(entry);
}

void Gateway::Close(Id id) {
  if (Entry* const entry = connections_.Find(id)) {
    Close(*entry);
  }
}

/// Ends a connection for which there was not enough memory.
void Gateway::CloseForMemory(Id id) {
  refusals_.Add(RefusalReason::kMemory);
  Close(id);
}

/// Closes connections whose requests are queued and whose clients have left.
void Gateway::CloseGone() {
  std::vector<Id> gone;
  for (const std::deque<Id>* queue : {&page_queue_, &query_queue_}) {
    std::copy_if(queue->begin(), queue->end(), std::back_inserter(gone), [&](Id id) {
      const Connection& connection = *connections_.Find(id)->connection;
      return connection.peer_ended() && now_ - connection.since() >= kHalfClosedGrace;
    });
  }
  for (const Id id : gone) {
    Close(id);
  }
}

void Gateway::Tick() {
  CloseGone();
  for (const Id id : connections_.Overdue(now_)) {
    try {
      EndOverdue(id);
    } catch (const std::exception&) {
      CloseForMemory(id);
    }
  }
  connections_.CloseSlowReaders(now_);
  acceptor_.Resume(now_);
  workers_.KeepAlive(now_);
  Dispatch();
  trimmer_.Tick(now_, connections_.budget().used(), !workers_.serves_clients());
}

void Gateway::EndOverdue(Id id) {
  Entry* const entry = connections_.Find(id);
  if (entry == nullptr) {
    return;
  }
  Connection& connection = *entry->connection;
  switch (connection.stage()) {
    case Connection::Stage::kReading:
      if (!connection.has_begun()) {
        return Close(*entry);
      }
      Refuse(*entry, RefusalReason::kTooSlow,
             Refusal(connection.target(), 408, "bad_data",
                     "the request did not arrive within its time"));
      break;
    case Connection::Stage::kJudging:
      Refuse(*entry, RefusalReason::kOverloaded,
             Overloaded(connection.request().path,
                        "too many passwords are being checked: try again later"));
      break;
    case Connection::Stage::kQueued:
      RemoveFromQueues(id);
      Refuse(*entry, RefusalReason::kOverloaded,
             Overloaded(connection.request().path,
                        "no worker was free for this request: try again later"));
      break;
    case Connection::Stage::kWriting:
      refusals_.Add(RefusalReason::kTooSlow);
      return Close(*entry);
    case Connection::Stage::kHandshake:
      refusals_.Add(RefusalReason::kTls);
      return Close(*entry);
    case Connection::Stage::kRunning:
    case Connection::Stage::kDraining:
      return Close(*entry);
  }
  Serve(*entry);
}

}  // namespace hakem::web
