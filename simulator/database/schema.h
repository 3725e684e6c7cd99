#pragma once

#include <string_view>

namespace hakem::simulator {

/// The SQL that creates a Hokm server's schema `hokm_game` in an empty database: tables, indexes,
/// constraints and triggers, no rows. Several statements, to be run at once by the owner.
extern const std::string_view kSchemaSql;

/// The SQL that creates the role `hakem`, without a password, with the rights monitoring needs on
/// that schema. Run by a superuser, after kSchemaSql.
extern const std::string_view kMonitorRoleSql;

}  // namespace hakem::simulator
