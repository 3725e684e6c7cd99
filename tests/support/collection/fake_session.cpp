#include "tests/support/collection/fake_session.h"

#include <fmt/format.h>

namespace hakem::collectors {

Result<Rows> FakeSession::Query(std::string_view sql) {
  queries.emplace_back(sql);
  if (before) {
    before(sql);
  }
  const std::pair<const std::string, Result<Rows>>* best = nullptr;
  for (const auto& answer : answers_) {
    if (sql.find(answer.first) != std::string_view::npos &&
        (best == nullptr || answer.first.size() > best->first.size())) {
      best = &answer;
    }
  }
  return best != nullptr
             ? best->second
             : Result<Rows>(Fail(ErrorCode::kInvalidInput, fmt::format("no answer for {}", sql)));
}

}  // namespace hakem::collectors
