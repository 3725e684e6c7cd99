#include "web/gateway/gateway.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <span>

#include "model/clock.h"
#include "web/gateway/listener.h"
#include "web/http/refusal.h"

namespace hakem::web {
namespace {

// What an event of epoll is about; workers follow each other, connections come after all of them.
constexpr std::uint64_t kMailboxTag = 0;
constexpr std::uint64_t kListenerTag = 1;
constexpr std::uint64_t kFirstWorkerTag = 2;
constexpr std::uint64_t kFirstConnection = 1 << 16;

constexpr std::size_t kEventsAtOnce = 256;
constexpr std::size_t kAcceptsAtOnce = 64;
constexpr std::size_t kScratchBytes = 64 << 10;
constexpr std::size_t kMostQueued = 1024;  // Of each kind.
constexpr Duration kTick = std::chrono::milliseconds(250);
constexpr Duration kStoppingTick = std::chrono::milliseconds(10);
constexpr Duration kGrace = std::chrono::milliseconds(500);
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);
constexpr Duration kGonePatience = std::chrono::milliseconds(100);
constexpr Duration kWorkerIdle = std::chrono::hours(12);  // CivetWeb ends them after 24 days.

// After so many requests, or bytes that were kept, free memory is given back once all is calm.
constexpr std::size_t kManyRequests = 500;
constexpr std::size_t kManyBytes = 4 << 20;
constexpr std::size_t kCalmBytes = 1 << 20;
constexpr Duration kTrimPause = std::chrono::seconds(5);

// While memory is short, who reads an answer more slowly than this is cut.
constexpr Duration kReadersGrace = std::chrono::seconds(2);
constexpr double kLeastBytesPerSecond = 256 << 10;

SteadyTime Now() {
  return SystemClock().SteadyNow();
}

/// Pages that are answered at once from what is there, by the last part of their paths: they may be
/// asked for below the path of the external URL too.
constexpr std::array<std::string_view, 8> kQuickPages{
    "metrics", "healthy", "ready", "primary", "read-write", "replica", "read-only", "style.css"};

/// Whether answering it may take long. Such requests may not take all workers.
bool IsQuery(const Request& request) {
  const std::string_view last = std::string_view(request.path).substr(request.path.rfind('/') + 1);
  return std::find(kQuickPages.begin(), kQuickPages.end(), last) == kQuickPages.end();
}

void AddToEpoll(const Descriptor& epoll, int fd, std::uint64_t tag, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event);
}

Descriptor OpenSpare() {
  return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
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
      exchange_(exchange),
      log_(log),
      client_log_(log),
      epoll_(std::move(epoll)),
      mailbox_(std::make_shared<Mailbox>(wakeup)),
      port_(PortOf(listener)),
      listener_(std::move(listener)),
      spare_(OpenSpare()),
      now_(Now()),
      next_tick_(now_),
      next_accept_(now_),
      next_trim_(now_),
      scratch_(kScratchBytes),
      budget_(options_.buffer_bytes),
      last_id_(kFirstConnection) {
  AddToEpoll(epoll_, mailbox_->wakeup.get(), kMailboxTag, EPOLLIN);
  AddToEpoll(epoll_, listener_.get(), kListenerTag, EPOLLIN);
  for (std::size_t i = 0; i < workers.size(); ++i) {
    AddToEpoll(epoll_, workers[i].get(), kFirstWorkerTag + i, EPOLLIN);
    workers_.push_back(
        {.socket = std::move(workers[i]), .summons = exchange_.Summons(i), .last_used = now_});
    free_workers_.push_back(i);
  }
  most_queries_ = std::max<std::size_t>(1, workers_.size() * 3 / 4);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

Gateway::~Gateway() {
  thread_.request_stop();
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(mailbox_->wakeup.get(), &one, sizeof(one));
  thread_.join();
}

void Gateway::Run(const std::stop_token& stop) {
  // OpenSSL writes with write(2), which would end the process when a client has gone.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  SteadyTime end = SteadyTime::max();
  while (now_ < end && (!stopping_ || IsServing())) {
    WaitAndHandle(stopping_ ? kStoppingTick : kTick);
    const bool begins_to_stop = stop.stop_requested() && !stopping_;
    if (begins_to_stop) {
      stopping_ = true;
      end = now_ + kGrace;
      listener_ = Descriptor();
    }
    try {
      if (begins_to_stop) {
        CloseIdle();
      }
      if (now_ >= next_tick_) {
        next_tick_ = now_ + kTick;
        Tick();
      }
    } catch (const std::exception&) {  // No memory: what is left to do is done at the next tick.
    }
  }
  while (!connections_.empty()) {
    Close(connections_.begin()->second);
  }
  workers_.clear();
}

void Gateway::WaitAndHandle(Duration limit) {
  std::array<epoll_event, kEventsAtOnce> events;
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
        Close(tag);
      }
    }
  }
}

void Gateway::Handle(std::uint64_t tag, std::uint32_t events) {
  if (tag == kMailboxTag) {
    TakeVerdicts();
  } else if (tag == kListenerTag) {
    AcceptAll();
  } else if (tag < kFirstConnection) {
    HandleWorker(static_cast<std::size_t>(tag - kFirstWorkerTag));
  } else {
    HandleClient(tag, events);
  }
}

void Gateway::HandleClient(Id id, std::uint32_t events) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) {
    return;  // Closed by what was handled just before.
  }
  Entry& entry = found->second;
  Connection& connection = *entry.connection;
  const bool waits = connection.waits_for_client();
  if (waits || connection.stage() == Connection::Stage::kWriting) {
    return Serve(entry);
  }
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    return Close(entry);
  }
  if ((events & EPOLLRDHUP) != 0) {
    connection.PeerEnded();
    if (connection.stage() == Connection::Stage::kRunning) {
      exchange_.slot(entry.slot).client_ended = true;
    }
    Watch(entry);
  }
}

void Gateway::TakeVerdicts() {
  std::uint64_t woken = 0;
  [[maybe_unused]] const ssize_t got = read(mailbox_->wakeup.get(), &woken, sizeof(woken));
  std::vector<std::pair<Id, Verdict>> verdicts;
  {
    const MutexLock lock(mailbox_->mutex);
    verdicts.swap(mailbox_->verdicts);
  }
  for (auto& [id, verdict] : verdicts) {
    const auto found = connections_.find(id);
    if (found == connections_.end() ||
        found->second.connection->stage() != Connection::Stage::kJudging) {
      continue;
    }
    try {
      Apply(found->second, std::move(verdict));
      Serve(found->second);
    } catch (const std::exception&) {
      Close(id);
    }
  }
}

void Gateway::AcceptAll() {
  for (std::size_t i = 0; i < kAcceptsAtOnce && AcceptOne(); ++i) {
  }
}

/// False when nobody is left to be accepted, or nobody can be.
bool Gateway::AcceptOne() {
  Accepted accepted = AcceptClient(listener_);
  if (!accepted.socket) {
    switch (errno) {
      case EINTR:
      case ECONNABORTED:
        return true;
      case EMFILE:
      case ENFILE:
        return FindDescriptor();
      case EAGAIN:
        return false;
      default:  // It may stay so for a while: no memory above all.
        PauseAccepting();
        return false;
    }
  }
  const bool encrypted = options_.tls != nullptr;
  if (!MakeRoom()) {
    return true;
  }
  std::unique_ptr<Channel> channel = encrypted
                                         ? MakeTlsChannel(accepted.socket.get(), options_.tls())
                                         : MakePlainChannel(accepted.socket.get());
  const Id id = ++last_id_;
  Entry& entry = connections_[id];
  try {
    entry.connection = std::make_unique<Connection>(
        id, std::move(accepted.socket), std::move(channel),
        Client{.address = std::move(accepted.address)}, options_.limits, options_.patience, now_);
    Serve(entry);
  } catch (const std::exception&) {
    entry.connection == nullptr ? void(connections_.erase(id)) : Close(id);
  }
  return true;
}

/// The oldest that waits gives way; if there is none, the newcomer is closed, so that it is not
/// reported as ready again and again. False when neither can be done.
bool Gateway::FindDescriptor() {
  client_log_.Warn("no descriptor is left for a client", {{"connections", connections_.size()}});
  if (CloseOldest()) {
    return true;
  }
  spare_ = Descriptor();
  const bool accepted = static_cast<bool>(AcceptClient(listener_).socket);
  spare_ = OpenSpare();
  if (!accepted) {
    PauseAccepting();
  }
  return accepted;
}

void Gateway::PauseAccepting() {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.get(), nullptr);
  listener_is_watched_ = false;
  next_accept_ = now_ + kAcceptPause;
}

bool Gateway::MakeRoom() {
  while (connections_.size() >= options_.most_connections) {
    if (!CloseOldest()) {
      return false;
    }
  }
  if (budget_.used() + Connection::LeastBytes() > budget_.limit()) {
    CloseOldest();  // One for one.
  }
  return true;
}

bool Gateway::CloseOldest() {
  if (waiting_.empty()) {
    return false;
  }
  Close(waiting_.front());
  return true;
}

/// Does all that can be done for a connection now. May close it.
void Gateway::Serve(Entry& entry) {
  Connection& connection = *entry.connection;
  while (true) {
    const Connection::Stage before = connection.stage();
    switch (connection.Advance(now_, scratch_)) {
      case Connection::Need::kSocket:
        return Watch(entry);
      case Connection::Need::kVerdict:
        if (!Judge(entry)) {
          return Watch(entry);
        }
        break;
      case Connection::Need::kRefusal: {
        const Rejection& rejection = connection.rejection();
        Refuse(entry, Refusal(connection.target(), rejection.status, "bad_data", rejection.reason));
        break;
      }
      case Connection::Need::kWorker:
        return Submit(entry);
      case Connection::Need::kEnd:
        if (before == Connection::Stage::kGreeting) {
          NoteFailedGreeting(connection);
        }
        return Close(entry);
    }
  }
}

/// False when the verdict comes later.
bool Gateway::Judge(Entry& entry) {
  Connection& connection = *entry.connection;
  if (options_.door == nullptr) {
    connection.Admit(false, now_);
    return true;
  }
  std::optional<Verdict> verdict = options_.door->Judge(
      connection.request(), [mailbox = mailbox_, id = connection.id()](Verdict later) {
        {
          const MutexLock lock(mailbox->mutex);
          mailbox->verdicts.emplace_back(id, std::move(later));
        }
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = write(mailbox->wakeup.get(), &one, sizeof(one));
      });
  if (verdict) {
    Apply(entry, *std::move(verdict));
  }
  return verdict.has_value();
}

void Gateway::Apply(Entry& entry, Verdict verdict) {
  if (verdict.refusal) {
    return Refuse(entry, *std::move(verdict.refusal));
  }
  entry.connection->Admit(verdict.authenticated, now_);
}

/// Answers without a worker, and closes afterwards.
void Gateway::Refuse(Entry& entry, Response response) {
  Send(entry, std::move(response), false);
}

void Gateway::Send(Entry& entry, Response response, bool may_keep) {
  if (options_.door != nullptr) {
    options_.door->PutHeaders(response);
  }
  entry.connection->Answer(std::move(response), may_keep && !stopping_, now_);
}

void Gateway::NoteFailedGreeting(const Connection& connection) {
  if (!connection.channel().failure().empty()) {
    client_log_.Info(
        "TLS could not be agreed on with a client",
        {{"client", connection.client().address}, {"cause", Cut(connection.channel().failure())}});
  }
}

void Gateway::Submit(Entry& entry) {
  Connection& connection = *entry.connection;
  const bool is_query = IsQuery(connection.request());
  std::deque<Id>& queue = is_query ? queries_queue_ : pages_queue_;
  if (queue.size() >= kMostQueued) {
    DropGone();
  }
  if (queue.size() >= kMostQueued) {
    Refuse(entry, Overloaded(connection.request().path,
                             "too many requests wait to be answered: try again later"));
    return Serve(entry);
  }
  queue.push_back(connection.id());
  Watch(entry);
  Dispatch();
}

void Gateway::Dispatch() {
  while (!free_workers_.empty() && DispatchFrom(pages_queue_, false)) {
  }
  while (!free_workers_.empty() && queries_ < most_queries_ && !budget_.is_short() &&
         DispatchFrom(queries_queue_, true)) {
  }
}

/// Takes the next of the queue; false when it is empty.
bool Gateway::DispatchFrom(std::deque<Id>& queue, bool is_query) {
  if (queue.empty()) {
    return false;
  }
  const Id id = queue.front();
  queue.pop_front();
  const auto found = connections_.find(id);
  if (found == connections_.end() ||
      found->second.connection->stage() != Connection::Stage::kQueued) {
    return true;
  }
  const std::size_t index = free_workers_.back();
  free_workers_.pop_back();
  Start(index, found->second, is_query);
  return true;
}

void Gateway::Start(std::size_t index, Entry& entry, bool is_query) {
  Connection& connection = *entry.connection;
  Exchange::Slot& slot = exchange_.slot(index);
  Worker& worker = workers_[index];
  connection.Ran(now_);
  slot.request = std::move(connection.request());
  slot.failed = false;
  slot.begun = now_;
  slot.client_ended = connection.peer_ended();
  slot.client_hung_up = false;
  slot.is_asked.store(true, std::memory_order_release);
  entry.slot = index;
  worker.client = connection.id();
  worker.runs_query = is_query;
  queries_ += is_query ? 1U : 0U;
  Watch(entry);
  if (!Summon(index)) {
    Lose(index);
  }
}

bool Gateway::Summon(std::size_t index) {
  Worker& worker = workers_[index];
  worker.received = 0;
  worker.last_used = now_;
  const ssize_t sent =
      send(worker.socket.get(), worker.summons.data(), worker.summons.size(), MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(worker.summons.size());
}

void Gateway::HandleWorker(std::size_t index) {
  Worker& worker = workers_[index];
  std::array<char, 256> bytes;
  const ssize_t got = recv(worker.socket.get(), bytes.data(), bytes.size(), 0);
  if (got > 0) {
    worker.received += static_cast<std::size_t>(got);
    if (worker.received >= Exchange::kSignal.size()) {
      Finish(index);
      Dispatch();
    }
  } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    Lose(index);
  }
}

/// The worker has answered.
void Gateway::Finish(std::size_t index) {
  Worker& worker = workers_[index];
  Exchange::Slot& slot = exchange_.slot(index);
  const bool was_answered = !slot.is_asked.load(std::memory_order_acquire);
  Response response = std::move(slot.response);
  slot.request = Request();
  const Id client = std::exchange(worker.client, 0);
  queries_ -= std::exchange(worker.runs_query, false) ? 1U : 0U;
  worker.received = 0;
  ++answered_;
  free_workers_.push_back(index);
  const auto found = connections_.find(client);
  if (found == connections_.end()) {
    return;
  }
  if (slot.failed || !was_answered) {
    return Close(found->second);
  }
  try {
    Send(found->second, std::move(response), true);
    Serve(found->second);
  } catch (const std::exception&) {
    Close(client);
  }
}

/// A worker's connection has broken, which nothing from outside can bring about. The others go on.
void Gateway::Lose(std::size_t index) {
  Worker& worker = workers_[index];
  if (!worker.socket) {
    return;
  }
  if (!stopping_) {
    log_.Error("an HTTP worker is lost", {{"worker", index}});
  }
  worker.socket = Descriptor();
  queries_ -= std::exchange(worker.runs_query, false) ? 1U : 0U;
  std::erase(free_workers_, index);
  Close(std::exchange(worker.client, 0));
}

/// CivetWeb ends connections that are idle for weeks.
void Gateway::KeepWorkersAwake() {
  const std::vector<std::size_t> idle = free_workers_;
  for (const std::size_t index : idle) {
    if (now_ - workers_[index].last_used >= kWorkerIdle) {
      std::erase(free_workers_, index);
      if (!Summon(index)) {
        Lose(index);
      }
    }
  }
}

/// Tells epoll what the connection waits for, and puts it in its place among those that wait.
void Gateway::Watch(Entry& entry) {
  Connection& connection = *entry.connection;
  const std::uint32_t wanted = connection.wanted_events();
  if (!entry.is_watched || wanted != entry.watched) {
    epoll_event event{};
    event.events = wanted;
    event.data.u64 = connection.id();
    epoll_ctl(epoll_.get(), entry.is_watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection.fd(),
              &event);
    entry.is_watched = true;
    entry.watched = wanted;
  }
  if (connection.waits_for_client() != entry.is_waiting) {
    if (entry.is_waiting) {
      waiting_.erase(entry.place);
    } else {
      entry.place = waiting_.insert(waiting_.end(), connection.id());
    }
    entry.is_waiting = !entry.is_waiting;
  }
  Charge(entry);
}

/// Brings the budget up to date. May close other connections, never this one.
void Gateway::Charge(Entry& entry) {
  const Connection& connection = *entry.connection;
  const std::size_t held = connection.held_bytes();
  budget_.Add(held);
  budget_.Remove(std::exchange(entry.charged, held));
  const bool writes = connection.stage() == Connection::Stage::kWriting;
  if (writes && entry.bodies.empty()) {
    entry.bodies = connection.outgoing().bodies();
    budget_.AddBodies(entry.bodies);
  } else if (!writes && !entry.bodies.empty()) {
    budget_.RemoveBodies(entry.bodies);
    entry.bodies.clear();
  }
  if (budget_.is_short()) {
    Relieve(entry);
  }
}

/// Closes those of which most has come and whose requests are not whole, until a tenth of the
/// budget is free.
void Gateway::Relieve(const Entry& spared) {
  const std::size_t enough = budget_.limit() - budget_.limit() / 10;
  std::vector<std::pair<std::size_t, Id>> candidates;
  for (const Id id : waiting_) {
    const Entry& entry = connections_.at(id);
    if (&entry != &spared && entry.charged > 0) {
      candidates.emplace_back(entry.charged, id);
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [bytes, id] : candidates) {
    if (budget_.used() <= enough) {
      return;
    }
    Close(id);
  }
}

void Gateway::Close(Id id) {
  if (const auto found = connections_.find(id); found != connections_.end()) {
    Close(found->second);
  }
}

void Gateway::Close(Entry& entry) {
  const Connection& connection = *entry.connection;
  if (connection.stage() == Connection::Stage::kRunning) {
    exchange_.slot(entry.slot).client_hung_up = true;
    workers_[entry.slot].client = 0;
  }
  if (entry.is_waiting) {
    waiting_.erase(entry.place);
  }
  if (connection.stage() == Connection::Stage::kQueued) {
    std::erase(queries_queue_, connection.id());
    std::erase(pages_queue_, connection.id());
  }
  budget_.RemoveBodies(entry.bodies);
  budget_.Remove(entry.charged);
  connections_.erase(connection.id());
}

/// Queued requests whose clients have gone.
void Gateway::DropGone() {
  std::vector<Id> gone;
  for (const std::deque<Id>* queue : {&pages_queue_, &queries_queue_}) {
    std::copy_if(queue->begin(), queue->end(), std::back_inserter(gone), [&](Id id) {
      const Connection& connection = *connections_.at(id).connection;
      return connection.peer_ended() && now_ - connection.since() >= kGonePatience;
    });
  }
  for (const Id id : gone) {
    Close(id);
  }
}

void Gateway::Tick() {
  DropGone();
  std::vector<Id> overdue;
  for (const auto& [id, entry] : connections_) {
    if (entry.connection->IsOverdue(now_)) {
      overdue.push_back(id);
    }
  }
  for (const Id id : overdue) {
    try {
      EndOverdue(id);
    } catch (const std::exception&) {
      Close(id);
    }
  }
  if (budget_.is_short()) {
    CutSlowReaders();
  }
  if (!listener_is_watched_ && now_ >= next_accept_ && listener_) {
    AddToEpoll(epoll_, listener_.get(), kListenerTag, EPOLLIN);
    listener_is_watched_ = true;
  }
  KeepWorkersAwake();
  Dispatch();
  GiveMemoryBack();
}

/// What a burst of clients took lies between what stays, and glibc gives back by itself only what
/// is at the end of a heap.
void Gateway::GiveMemoryBack() {
  most_used_ = std::max(most_used_, budget_.used());
  const bool was_much = answered_ >= kManyRequests || most_used_ >= kManyBytes;
  const bool is_calm = std::none_of(workers_.begin(), workers_.end(),
                                    [](const Worker& worker) { return worker.client != 0; }) &&
                       budget_.used() <= std::max(most_used_ / 4, kCalmBytes);
  if (was_much && is_calm && now_ >= next_trim_) {
    malloc_trim(0);
    next_trim_ = now_ + kTrimPause;
    most_used_ = 0;
    answered_ = 0;
  }
}

void Gateway::EndOverdue(Id id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) {
    return;
  }
  Entry& entry = found->second;
  const Connection& connection = *entry.connection;
  switch (connection.stage()) {
    case Connection::Stage::kReading:
      if (!connection.has_begun()) {
        return Close(entry);
      }
      Refuse(entry, Refusal(connection.target(), 408, "bad_data",
                            "the request did not arrive within its time"));
      break;
    case Connection::Stage::kJudging:
      Refuse(entry, Overloaded(entry.connection->request().path,
                               "too many passwords are being checked: try again later"));
      break;
    case Connection::Stage::kQueued:
      std::erase(queries_queue_, id);
      std::erase(pages_queue_, id);
      Refuse(entry, Overloaded(entry.connection->request().path,
                               "no worker was free for this request: try again later"));
      break;
    case Connection::Stage::kGreeting:
    case Connection::Stage::kRunning:
    case Connection::Stage::kWriting:
    case Connection::Stage::kFarewell:
      return Close(entry);
  }
  Serve(entry);
}

/// Memory is short: who reads slowly gives way.
void Gateway::CutSlowReaders() {
  std::vector<Id> slow;
  for (const auto& [id, entry] : connections_) {
    const Connection& connection = *entry.connection;
    const auto taken = now_ - connection.since();
    if (connection.stage() == Connection::Stage::kWriting && taken >= kReadersGrace &&
        static_cast<double>(connection.outgoing().sent_bytes()) <
            kLeastBytesPerSecond * ToSeconds(taken)) {
      slow.push_back(id);
    }
  }
  for (const Id id : slow) {
    if (budget_.is_short()) {
      Close(id);
    }
  }
}

/// Those of which nothing is under way.
void Gateway::CloseIdle() {
  const std::vector<Id> waiting(waiting_.begin(), waiting_.end());
  for (const Id id : waiting) {
    const Connection& connection = *connections_.at(id).connection;
    if (connection.stage() != Connection::Stage::kFarewell) {
      Close(id);
    }
  }
}

/// Whether somebody still waits for an answer, or may not have read it.
bool Gateway::IsServing() const {
  return !connections_.empty();
}

}  // namespace hakem::web
