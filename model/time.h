#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace hakem {

/// A length of time. A bare integer is never a time.
using Duration = std::chrono::milliseconds;

/// An instant of samples, alerts and evaluations: milliseconds since 1970 (UTC), as Prometheus'.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// An instant told by PostgreSQL. Microseconds, and never rounded to a Timestamp before a
/// comparison.
using PgTimestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// An instant for measuring and waiting; does not jump when the system's clock is set.
using SteadyTime = std::chrono::steady_clock::time_point;

/// `2026-11-22T21:14:12.345Z`; RFC 3339 in UTC. Milliseconds are left out when they are zero.
std::string FormatRfc3339(Timestamp time);

/// Seconds since 1970 with their fraction: what a sample that tells a time has as its value.
constexpr double ToUnixSeconds(Timestamp time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1000.0;
}

/// Seconds with their fraction: what a sample that tells a length has as its value.
template <typename Rep, typename Period>
constexpr double ToSeconds(std::chrono::duration<Rep, Period> length) {
  return std::chrono::duration<double>(length).count();
}

}  // namespace hakem
