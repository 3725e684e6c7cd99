#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace hakem {

/// A length of time. A bare integer is never a time.
using Duration = std::chrono::milliseconds;

/// The time of a sample, alert or evaluation: milliseconds since 1970 (UTC), as in Prometheus.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// A time that PostgreSQL returned, in microseconds. Never rounded to a Timestamp before it is
/// compared.
using PgTimestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Monotonic time, for measuring and waiting: it does not jump when the system's clock is set.
using SteadyTime = std::chrono::steady_clock::time_point;

/// Formats a time by RFC 3339 in UTC: `2026-11-22T21:14:12.345Z`. Omits milliseconds that are zero.
std::string FormatRfc3339(Timestamp time);

/// Returns seconds since 1970 with their fraction, the unit of samples that are times.
constexpr double ToUnixSeconds(Timestamp time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1000.0;
}

/// Returns seconds with their fraction, the unit of samples that are durations.
template <typename Rep, typename Period>
constexpr double ToSeconds(std::chrono::duration<Rep, Period> length) {
  return std::chrono::duration<double>(length).count();
}

}  // namespace hakem
