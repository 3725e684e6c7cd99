#pragma once

#include <string_view>

namespace hakem::simulator {

/// The SQL that creates a Hokm server's schema `hokm_game` in an empty database: tables, indexes,
/// constraints and triggers, no rows. Several statements, to be run together by the owner.
extern const std::string_view kSchemaSql;

/// The SQL that creates the role `hakem` without a password, and gives it the rights that
/// monitoring of that schema needs. To be run by a superuser after kSchemaSql.
extern const std::string_view kMonitorRoleSql;

}  // namespace hakem::simulator
