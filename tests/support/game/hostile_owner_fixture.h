#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "process/private_postgres.h"
#include "tests/support/game/hostile_tricks.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem {

/// One server with one database, whose owner attacks Hakem: it is no superuser, but can replace its
/// tables by anything. None of its code may run as the administrator or have effects as the
/// monitoring role. After each test the role `hakem` does not exist.
class HostileOwnerFixture : public testing::Test {
 protected:
  static constexpr std::string_view kAdminPassword = "admin-7d1e";
  static constexpr std::string_view kOwnerPassword = "owner-2c55";
  static constexpr std::string_view kHakemPassword = "hakem-90aa";
  static constexpr std::string_view kDatabase = "arena";

  /// Starts the server. There is no game yet.
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  HostileOwnerFixture();
  ~HostileOwnerFixture() override;
  HostileOwnerFixture(const HostileOwnerFixture&) = delete;
  HostileOwnerFixture& operator=(const HostileOwnerFixture&) = delete;

  /// Runs SQL as the administrator and returns the first cell of the rows; "" if there is none.
  static std::string AsAdmin(const std::string& sql, std::string_view database = kDatabase);
  static std::string AsOwner(const std::string& sql);

  /// Creates a game with one live session in a schema with the name of the trick, by which the
  /// owner then changes it.
  static void MakeGame(const Trick& trick);
  static void DropGame(std::string_view schema);
  static void DropHakem();

  /// Returns a configuration that monitors each of these schemas as a game.
  static std::string ConfigFor(const std::vector<std::string>& schemas, std::string_view password);

  /// Runs `hakem setup` as the administrator.
  static ProgramRun Setup(const std::string& config, std::vector<std::string> arguments);

  /// Runs a script in psql as the administrator would, without a terminal for prompts.
  static std::string RunScript(const std::string& script);

  /// Passwords, attributes and memberships of all roles except hakem, which setup changes.
  static std::string Roles();

  /// Attributes and memberships of the role hakem.
  static std::string Hakem();

  /// Returns the tricks by which the owner's code ran as another role in this test.
  std::vector<std::string> Struck(std::string_view as) const;

  /// Checks what must hold after every attack.
  void ExpectNobodyWasHurt() const;

 private:
  static inline std::unique_ptr<process::PrivatePostgres> server_;
  static inline std::filesystem::path folder_;
  static inline int files_ = 0;
  const std::size_t logged_;  ///< Bytes in the server's log before this test.
};

}  // namespace hakem
