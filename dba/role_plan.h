#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dba/setup_plan.h"

namespace hakem::exporter {

/// A column of a table of a game's schema, and what the role may do with it.
struct ColumnAccess {
  std::string column;
  bool wanted = false;    ///< A collector reads it.
  bool readable = false;  ///< By the role, as it is now.

  bool operator==(const ColumnAccess&) const = default;
};

struct TableAccess {
  std::string table;  ///< The game's name of it.
  /// The role itself, not PUBLIC or a role it is a member of, was given SELECT on all of it.
  bool granted_whole = false;
  std::string refused = {};  ///< Why nobody is let read it; empty: it may be read.
  std::vector<ColumnAccess> columns = {};
};

struct SchemaAccess {
  std::string schema;  ///< Empty: no schema of this database has the game.
  bool usage = false;  ///< The role may look names up in it.
  std::vector<TableAccess> tables = {};
};

/// What the server has of the role and of what the role needs, before anything is changed. Where
/// the role does not exist its rights are those of PUBLIC.
struct RoleFacts {
  std::string role;
  bool exists = false;
  bool is_superuser = false;
  bool can_login = false;
  std::vector<std::string> powers = {};   ///< What it may do as few may: "create roles".
  std::int64_t owned_objects = 0;         ///< In all databases of the server.
  std::vector<std::string> members = {};  ///< Who can act as it, but for superusers and ourselves.
  /// Roles that it can act as, but for those that PostgreSQL has for monitoring.
  std::vector<std::string> memberships = {};
  bool is_monitor = false;      ///< A member of pg_monitor.
  bool is_read_only = false;    ///< Its transactions are read-only unless it says otherwise.
  bool password_works = false;  ///< It could log in with the password that we have.
  bool has_password = false;    ///< We have one to give it.
  std::vector<std::string> closed_databases = {};  ///< Those it may not connect to.
  std::vector<SchemaAccess> games = {};
  std::set<std::string, std::less<>> preloaded = {};  ///< shared_preload_libraries.
  std::set<std::string, std::less<>> available = {};  ///< Extensions that could be created.
  std::set<std::string, std::less<>> installed = {};  ///< Extensions of this database.
  std::set<std::string, std::less<>> wanted = {};     ///< Extensions whose collectors are enabled.
  /// Extensions for which the schema public has things of their names that are not theirs.
  std::set<std::string, std::less<>> planted = {};
};

/// Why the role is not one to prepare for watching: its name means something else to PostgreSQL, or
/// it exists and is another's: a superuser, the owner of something, a role with members. Whoever
/// can act as it would get what is granted to it, and whoever works as it would be locked out.
/// Nothing for a role that may be prepared.
std::optional<std::string> WhyNotPrepared(const RoleFacts& facts);

/// The least that makes the role able to run every collector: nothing that is there already, so
/// that a second run has nothing to do. Requires: WhyNotPrepared has nothing against it.
SetupPlan PlanRole(const RoleFacts& facts);

/// Whether a column of this name holds what nobody who watches may see: a password, its hash, a
/// token.
bool IsSecretColumn(std::string_view column);

}  // namespace hakem::exporter
