#include "cli/system/stop_signals.h"

#include <pthread.h>
#include <sys/time.h>
#include <unistd.h>

#include <utility>

namespace hakem::cli {
namespace {

constexpr timespec kListen{0, 100'000'000};

sigset_t BlockSignals(bool with_hangup) {
  sigset_t set{};
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  if (with_hangup) {
    sigaddset(&set, SIGHUP);
  }
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

}  // namespace

StopSignals::StopSignals(std::function<void()> hangup)
    : listener_([set = BlockSignals(hangup != nullptr), stop = stop_,
                 hangup = std::move(hangup)](const std::stop_token& done) mutable {
        while (!done.stop_requested()) {
          const int signal = sigtimedwait(&set, nullptr, &kListen);
          if (signal == SIGHUP) {
            hangup();
          } else if (signal > 0) {
            stop.request_stop();
            return;
          }
        }
      }) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void ExitAfter(Duration grace) {
  std::signal(SIGALRM, [](int) { _exit(0); });
  itimerval timer{};
  timer.it_value.tv_sec = grace.count() / 1000;
  timer.it_value.tv_usec = grace.count() % 1000 * 1000;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace hakem::cli
