#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dba/plan.h"

namespace hakem::dba {

/// A column in a game's schema and the role's access to it.
struct ColumnAccess {
  std::string column;
  bool wanted = false;    ///< A collector reads it.
  bool readable = false;  ///< The role can read it now.

  bool operator==(const ColumnAccess&) const = default;
};

struct TableAccess {
  std::string table;  ///< The game's name of it.
  /// The role itself has SELECT on the whole table; not through PUBLIC or a role it is a member of.
  bool granted_whole = false;
  std::string refused = {};  ///< Why it gets no grants; empty: it may get them.
  std::vector<ColumnAccess> columns = {};
};

struct SchemaAccess {
  std::string schema;            ///< Empty: no schema of this database has the game.
  bool usage = false;            ///< The role has USAGE on it.
  bool hides_sequences = false;  ///< The role may not read the last value of one of its sequences.
  std::vector<TableAccess> tables = {};
};

/// What the catalogs say about the role and about what it needs, before anything is changed. A role
/// that does not exist has the rights of PUBLIC.
struct RoleFacts {
  std::string role;
  bool exists = false;
  bool is_superuser = false;
  bool can_login = false;
  std::vector<std::string> powers = {};   ///< Its powerful attributes, in words: "create roles".
  std::int64_t owned_objects = 0;         ///< In all databases of the server.
  std::vector<std::string> members = {};  ///< Who can act as it, except superusers and ourselves.
  /// Roles that it can act as, except PostgreSQL's roles for monitoring.
  std::vector<std::string> memberships = {};
  bool is_monitor = false;      ///< A member of pg_monitor.
  bool is_read_only = false;    ///< Its transactions are read-only by default.
  bool password_works = false;  ///< It can log in with the password that we have.
  bool has_password = false;    ///< We have a password for it.
  std::vector<std::string> closed_databases = {};  ///< Databases without CONNECT for it.
  std::vector<SchemaAccess> games = {};
  std::set<std::string, std::less<>> preloaded = {};  ///< shared_preload_libraries.
  std::set<std::string, std::less<>> available = {};  ///< Extensions that could be created.
  std::set<std::string, std::less<>> installed = {};  ///< Extensions of this database.
  std::set<std::string, std::less<>> wanted = {};     ///< Extensions whose collectors are enabled.
  /// Extensions whose names begin the names of objects in the schema public that are not theirs.
  std::set<std::string, std::less<>> planted = {};
};

/// Why the role must not be prepared for Hakem; nothing if it may be. Refused are names that
/// PostgreSQL reserves and roles that serve another purpose: superusers, owners of objects, roles
/// with members. Others who can act as the role would get its grants, and lose their own access.
std::optional<std::string> ReasonToRefuseRole(const RoleFacts& facts);

/// Plans the least rights that let the role run every collector. Leaves out what is already there,
/// so that a second run has nothing to do. Requires: ReasonToRefuseRole returns nothing.
Plan PlanRole(const RoleFacts& facts);

/// Whether a column of this name may hold a secret: a password, its hash, a token.
bool IsSecretColumn(std::string_view column);

}  // namespace hakem::dba
