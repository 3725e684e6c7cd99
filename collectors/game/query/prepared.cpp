#include "collectors/game/query/prepared.h"

#include <fmt/format.h>

namespace hakem::collectors {

Result<void> PreparedStatement::Ensure(Session& session, std::string_view types,
                                       std::string_view text) {
  const std::string sql = fmt::format("{} AS {}", types, text);
  const bool is_prepared = connection_ != 0 && connection_ == session.facts().connection;
  if (is_prepared && sql_ == sql) {
    return {};
  }
  if (is_prepared) {
    const auto dropped = session.Query(fmt::format("DEALLOCATE {}", name_));
    // The server rejects it if the statement does not exist, which is fine.
    if (!dropped && dropped.error().code != ErrorCode::kInvalidInput) {
      return Fail(dropped.error());
    }
    connection_ = 0;
  }
  const auto prepared = session.Query(fmt::format("PREPARE {}{}", name_, sql));
  if (!prepared) {
    return Fail(prepared.error());
  }
  connection_ = session.facts().connection;
  sql_ = sql;
  return {};
}

std::string PreparedStatement::Execute(std::string_view arguments) const {
  return arguments.empty() ? fmt::format("EXECUTE {}", name_)
                           : fmt::format("EXECUTE {}({})", name_, arguments);
}

}  // namespace hakem::collectors
