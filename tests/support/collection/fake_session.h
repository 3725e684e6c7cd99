#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/session.h"

namespace hakem::collectors {

/// A session with prepared answers. Used by one thread at a time.
class FakeSession final : public Session {
 public:
  /// Answers all following queries whose text contains `part` with `rows`. If several parts match
  /// the longest one wins.
  void Answer(std::string part, Result<Rows> rows) {
    answers_.insert_or_assign(std::move(part), std::move(rows));
  }

  /// Returns the prepared answer. Errors: kInvalidInput: there is none for this query.
  Result<Rows> Query(std::string_view sql) override;

  const ServerFacts& facts() const override { return server_facts; }

  ServerFacts server_facts{.connection = 1,
                           .version = 150004,
                           .in_recovery = false,
                           .is_monitor = true,
                           .database = "hokm",
                           .extensions = {}};
  std::vector<std::string> queries;              ///< All queries so far.
  std::function<void(std::string_view)> before;  ///< Called before each answer, if set.

 private:
  std::map<std::string, Result<Rows>> answers_;
};

}  // namespace hakem::collectors
