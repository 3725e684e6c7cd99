#include "web/http/client_log.h"

#include <utility>

namespace hakem::web {

ClientLog::ClientLog(Logger log, const Clock& clock) : log_(std::move(log)), clock_(clock) {}

std::int64_t ClientLog::Admit(std::string_view message) {
  const SteadyTime now = clock_.SteadyNow();
  const MutexLock lock(mutex_);
  auto found = seconds_.find(message);
  if (found == seconds_.end()) {
    found = seconds_.emplace(message, Second{.begin = now}).first;
  }
  Second& second = found->second;
  if (now - second.begin >= std::chrono::seconds(1)) {
    second.begin = now;
    second.lines = 0;
  }
  if (second.lines >= kLinesPerSecond) {
    ++second.left_out;
    return -1;
  }
  ++second.lines;
  return static_cast<std::int64_t>(std::exchange(second.left_out, 0));
}

template <typename Write>
void ClientLog::Limit(std::string_view message, std::initializer_list<LogField> fields,
                      Write write) {
  const std::int64_t left_out = Admit(message);
  if (left_out < 0) {
    return;
  }
  write(message, fields);
  if (left_out > 0) {
    log_.Warn("lines that clients caused were left out",
              {{"message", message}, {"lines", left_out}});
  }
}

void ClientLog::Warn(std::string_view message, std::initializer_list<LogField> fields) {
  Limit(message, fields, [this](auto text, auto list) { log_.Warn(text, list); });
}

void ClientLog::Info(std::string_view message, std::initializer_list<LogField> fields) {
  Limit(message, fields, [this](auto text, auto list) { log_.Info(text, list); });
}

void ClientLog::Error(std::string_view message, std::initializer_list<LogField> fields) {
  Limit(message, fields, [this](auto text, auto list) { log_.Error(text, list); });
}

}  // namespace hakem::web
