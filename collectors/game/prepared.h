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
  /// `types` are those of the parameters: `(bigint)`, or empty.
  PreparedStatement(std::string name, std::string types)
      : name_(std::move(name)), types_(std::move(types)) {}

  /// Makes `EXECUTE <name>` mean this text. Errors: the session's; the next call tries again.
  Result<void> Ensure(Session& session, std::string_view sql);

  /// `EXECUTE name` or `EXECUTE name(arguments)`.
  std::string Execute(std::string_view arguments = "") const;

 private:
  const std::string name_;
  const std::string types_;
  std::uint64_t connection_ = 0;  ///< The one it is prepared on; 0: on none.
  std::string sql_;
};

}  // namespace hakem::collectors
