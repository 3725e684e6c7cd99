#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "collectors/core/session.h"

namespace hakem::collectors {

/// A statement that a session keeps prepared, under one name. It is prepared when first needed,
/// when its text has changed and after a reconnect.
class PreparedStatement {
 public:
  explicit PreparedStatement(std::string name) : name_(std::move(name)) {}

  /// Makes `EXECUTE <name>` mean this text. `types` are those of its parameters: `(bigint)`, or
  /// empty. Errors: the session's; the next call tries again.
  Result<void> Ensure(Session& session, std::string_view types, std::string_view sql);

  /// `EXECUTE name` or `EXECUTE name(arguments)`.
  std::string Execute(std::string_view arguments = "") const;

 private:
  const std::string name_;
  std::uint64_t connection_ = 0;  ///< The one it is prepared on; 0: on none.
  std::string sql_;               ///< What is prepared: types and text.
};

}  // namespace hakem::collectors
