#include "alertmanager/dispatcher.h"

#include <utility>

namespace hakem::alertmanager {

Dispatcher::Dispatcher(std::vector<Integration> integrations, const SenderDeps& deps)
    : clock_(deps.clock), running_(integrations.size()) {
  const MutexLock lock(mutex_);
  for (Integration& integration : integrations) {
    senders_.push_back(
        std::make_unique<Sender>(std::move(integration), deps, [this] { OnSenderFinished(); }));
  }
}

Dispatcher::~Dispatcher() {
  Stop();
}

void Dispatcher::Receive(std::span<const Alert> alerts) {
  if (alerts.empty()) {
    return;
  }
  const auto batch = std::make_shared<const std::vector<Alert>>(alerts.begin(), alerts.end());
  const MutexLock lock(mutex_);
  for (const auto& sender : senders_) {
    sender->Receive(batch);
  }
}

void Dispatcher::EndOthers(Timestamp now) {
  const MutexLock lock(mutex_);
  for (const auto& sender : senders_) {
    sender->EndOthers(now);
  }
}

void Dispatcher::Stop() {
  constexpr Duration kDrainFor = std::chrono::seconds(1);
  std::vector<std::unique_ptr<Sender>> senders;
  {
    const MutexLock lock(mutex_);
    senders.swap(senders_);
  }
  if (senders.empty()) {
    return;
  }
  for (const auto& sender : senders) {
    sender->Drain();
  }
  clock_.SleepUntil(clock_.SteadyNow() + kDrainFor, all_finished_.get_token());
  for (const auto& sender : senders) {
    sender->Abort();
  }
}

void Dispatcher::OnSenderFinished() {
  if (--running_ == 0) {
    all_finished_.request_stop();
  }
}

}  // namespace hakem::alertmanager
