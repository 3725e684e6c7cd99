#include "bench/game_cost/measured_session.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <utility>

namespace hakem::bench {
namespace {

/// Milliseconds a process spent on a CPU: the first number of its schedstat, to the nanosecond.
double CpuMilliseconds(const std::string& schedule_statistics) {
  std::ifstream file(schedule_statistics);
  double nanoseconds = 0;
  file >> nanoseconds;
  return nanoseconds / 1e6;
}

}  // namespace

Result<std::unique_ptr<MeasuredSession>> MeasuredSession::Make(
    std::unique_ptr<collectors::Session> session, const Clock& clock) {
  const auto rows = session->Query("SELECT pg_backend_pid()");
  if (!rows) {
    return Fail(rows.error());
  }
  const auto pid = static_cast<pid_t>(rows->Number(0, 0).value_or(0));
  return std::unique_ptr<MeasuredSession>(new MeasuredSession(std::move(session), pid, clock));
}

MeasuredSession::MeasuredSession(std::unique_ptr<collectors::Session> session, pid_t server_process,
                                 const Clock& clock)
    : session_(std::move(session)),
      schedule_statistics_(fmt::format("/proc/{}/schedstat", server_process)),
      clock_(clock),
      cpu_ms_before_(CpuMilliseconds(schedule_statistics_)) {}

Result<collectors::Rows> MeasuredSession::Query(std::string_view sql) {
  if (cost_.round_trips == 0) {
    first_query_ = sql;
  }
  ++cost_.round_trips;
  const SteadyTime asked = clock_.SteadyNow();
  auto rows = session_->Query(sql);
  cost_.wall_ms += std::chrono::duration<double, std::milli>(clock_.SteadyNow() - asked).count();
  return rows;
}

Cost MeasuredSession::TakeCost() {
  const double cpu_ms = CpuMilliseconds(schedule_statistics_);
  cost_.cpu_ms = cpu_ms - std::exchange(cpu_ms_before_, cpu_ms);
  return std::exchange(cost_, {});
}

}  // namespace hakem::bench
