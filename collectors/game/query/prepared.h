#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "collectors/core/session.h"

namespace hakem::collectors {

/// A prepared statement of a session. It is prepared on first use, and again after its text has
/// changed or the session has reconnected. Used by one thread.
class PreparedStatement {
 public:
  explicit PreparedStatement(std::string name) : name_(std::move(name)) {}

  /// Prepares `sql` unless that is done already. `types` are the types of its parameters, such as
  /// `(bigint)`; empty for none. Errors: those of Session::Query; the next call tries again.
  Result<void> Ensure(Session& session, std::string_view types, std::string_view sql);

  /// Returns `EXECUTE name` or `EXECUTE name(arguments)`.
  std::string Execute(std::string_view arguments = "") const;

 private:
  const std::string name_;
  std::uint64_t connection_ = 0;  ///< The connection it is prepared on; 0: none.
  std::string sql_;               ///< The prepared text with its parameter types.
};

}  // namespace hakem::collectors
