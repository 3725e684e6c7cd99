#pragma once

#include <string>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/session.h"
#include "dba/role_plan.h"
#include "model/result.h"

namespace hakem::dba {

/// The role that is connected.
struct Administrator {
  std::string name;
  bool is_superuser = false;

  bool operator==(const Administrator&) const = default;
};

/// Errors: the session's.
Result<Administrator> ReadAdministrator(collectors::Session& session);

/// Reads what RoleFacts says about the server. Passwords and wanted extensions are not set.
/// Errors: those of the session and of ReadGame.
Result<RoleFacts> ReadRoleFacts(collectors::Session& session, const std::string& role,
                                const std::vector<collectors::GameOptions>& games);

}  // namespace hakem::dba
