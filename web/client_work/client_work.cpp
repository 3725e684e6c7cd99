#include "web/client_work/client_work.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "model/byte_size.h"
#include "model/deep_thread.h"
#include "model/duration.h"
#include "model/interruption.h"
#include "web/http/refusal.h"

namespace hakem::web {
namespace {

/// Smaller responses are not counted after the work: WorkLimits::own_bytes covers them.
constexpr std::size_t kSmallAnswerBytes = 256 << 10;

/// Gives these threads a tenth of the scheduler's weight of other threads, which therefore always
/// get a core, however many requests run.
constexpr int kNiceness = 10;

Response Refuse(const Request& request, const Error& error) {
  return error.code == ErrorCode::kTimeout ? Refusal(request.path, 503, "timeout", error.message)
                                           : Refusal(request.path, 503, "canceled", error.message);
}

Response RefuseMemory(const Request& request, const WorkLimits& limits,
                      MemoryRefused::Limit limit) {
  if (limit == MemoryRefused::Limit::kOwn) {
    return Refusal(request.path, 422, "execution",
                   fmt::format("the request needs more memory than the {} one may have",
                               FormatByteSize(limits.most_bytes)));
  }
  return Refusal(request.path, 503, "unavailable",
                 fmt::format("the request needs more memory than is left of the {} that all "
                             "requests share: try again later",
                             FormatByteSize(limits.shared_bytes)));
}

/// A body with its share of the budget, which ends when no client needs the body any more.
struct CountedBody {
  std::shared_ptr<const std::string> body;
  std::shared_ptr<MemoryBudget> budget;
  BudgetShare share;
};

/// Counts a response against the budget until it is sent. False when the budget is exhausted.
bool Count(Response& response, const std::shared_ptr<MemoryBudget>& budget) {
  const std::size_t bytes = response.body->capacity();
  if (bytes < kSmallAnswerBytes) {
    return true;
  }
  BudgetShare share(*budget, bytes);
  if (!share.holds()) {
    return false;
  }
  const std::string* const body = response.body.get();
  response.body =
      std::shared_ptr<const std::string>(std::make_shared<const CountedBody>(CountedBody{
                                             std::move(response.body), budget, std::move(share)}),
                                         body);
  return true;
}

}  // namespace

ClientWork::ClientWork(const WorkLimits& limits, const Clock& clock, std::stop_token stop)
    : limits_(limits),
      clock_(clock),
      stop_(std::move(stop)),
      budget_(std::make_shared<MemoryBudget>(limits.shared_bytes)),
      gate_(limits.concurrency, limits.most_waiting),
      turns_(limits.processors, clock) {}

Response ClientWork::Run(const Request& request, Duration timeout, const Work& work) {
  const SteadyTime arrived = clock_.SteadyNow();
  const Duration limit = std::min(timeout, limits_.timeout);
  const Result<QueryGate::Pass> pass = gate_.Enter(limit, stop_, request.client_gone);
  if (!pass) {
    return Refuse(request, pass.error());
  }
  const Duration waited = std::chrono::duration_cast<Duration>(clock_.SteadyNow() - arrived);
  return Answered(request, [&] { return RunAdmitted(request, limit, waited, work); });
}

Response ClientWork::RunAtOnce(const Request& request, const std::function<Response()>& work) {
  return Answered(request, [&] {
    MemoryAccount account(*budget_, {.own_bytes = 0, .most_bytes = limits_.most_bytes});
    const MemoryAccount::Charging charging(account);
    return work();
  });
}

/// Runs the work and counts its response. Returns an error if memory is short or it was ended.
Response ClientWork::Answered(const Request& request, const std::function<Response()>& work) {
  try {
    Response response = work();
    return Count(response, budget_) ? response
                                    : RefuseMemory(request, limits_, MemoryRefused::Limit::kShared);
  } catch (const Interrupted& interrupted) {
    return Refuse(request, interrupted.error());
  } catch (const MemoryRefused& refused) {
    return RefuseMemory(request, limits_, refused.limit());
  } catch (const std::bad_alloc&) {
    return Refusal(request.path, 503, "unavailable",
                   "the system has no memory left: try again later");
  } catch (const std::system_error& error) {
    return Refusal(request.path, 503, "unavailable", error.what());
  }
}

Response ClientWork::RunAdmitted(const Request& request, Duration limit, Duration waited,
                                 const Work& work) {
  const SteadyTime deadline = clock_.SteadyNow() + limit - waited;
  Response response;
  RunDeep([&] {
    // For this thread only, which ends with the request: collecting, rules and /metrics go first.
    setpriority(PRIO_PROCESS, 0, kNiceness);
    Turns::Turn turn(turns_);
    const Interruption interruption([&]() -> std::optional<Error> {
      turn.Share();
      if (stop_.stop_requested() || (request.client_gone && request.client_gone())) {
        return Error{ErrorCode::kUnavailable, "the request was canceled"};
      }
      if (clock_.SteadyNow() > deadline) {
        return Error{ErrorCode::kTimeout,
                     fmt::format("the request timed out after {}", FormatDuration(limit))};
      }
      return std::nullopt;
    });
    if (turn.waited()) {
      CheckInterruptedNow();
    }
    MemoryAccount account(*budget_,
                          {.own_bytes = limits_.own_bytes, .most_bytes = limits_.most_bytes});
    const MemoryAccount::Charging charging(account);
    response = work(waited);
  });
  return response;
}

}  // namespace hakem::web
