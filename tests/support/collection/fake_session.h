#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/session.h"

namespace hakem::collectors {

/// A session that answers from a table. Used by one thread at a time.
class FakeSession final : public Session {
 public:
  /// `rows` answers the next queries whose text contains `part`; the longest part wins.
  void Answer(std::string part, Result<Rows> rows) {
    answers_.insert_or_assign(std::move(part), std::move(rows));
  }

  /// A query that no part matches is answered with kInvalidInput.
  Result<Rows> Query(std::string_view sql) override;

  const ServerFacts& facts() const override { return server_facts; }

  ServerFacts server_facts{.connection = 1,
                           .version = 150004,
                           .in_recovery = false,
                           .is_monitor = true,
                           .database = "hokm",
                           .extensions = {}};
  std::vector<std::string> queries;              ///< What was asked.
  std::function<void(std::string_view)> before;  ///< Called before each answer, when set.

 private:
  std::map<std::string, Result<Rows>> answers_;
};

}  // namespace hakem::collectors
