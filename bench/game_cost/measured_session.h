#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "collectors/core/session.h"
#include "model/clock.h"

namespace hakem::bench {

/// What some work cost.
struct Cost {
  double cpu_ms = 0;   ///< Of the server's process behind the session.
  double wall_ms = 0;  ///< Until the answers were here.
  double round_trips = 0;
  double statements = 0;
  double buffers = 0;  ///< Shared ones that were found or read.
};

/// A session that knows what it costs. Requires: the server runs on this machine.
class MeasuredSession final : public collectors::Session {
 public:
  /// Errors: the session's, when asked for its process.
  static Result<std::unique_ptr<MeasuredSession>> Make(std::unique_ptr<collectors::Session> session,
                                                       const Clock& clock);

  Result<collectors::Rows> Query(std::string_view sql) override;

  void Configure(const collectors::RoundOptions& options) override { session_->Configure(options); }

  const collectors::ServerFacts& facts() const override { return session_->facts(); }

  /// CPU, time and round trips since the last call, or the beginning. Only the server knows buffers
  /// and statements.
  Cost TakeCost();

  /// What was asked first since TakeCost was called last.
  const std::string& first_query() const { return first_query_; }

 private:
  MeasuredSession(std::unique_ptr<collectors::Session> session, pid_t server_process,
                  const Clock& clock);

  const std::unique_ptr<collectors::Session> session_;
  const std::string schedule_statistics_;  ///< A file of /proc.
  const Clock& clock_;
  Cost cost_;
  double cpu_ms_before_;
  std::string first_query_;
};

}  // namespace hakem::bench
