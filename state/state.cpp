#include "state/state.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "state/migrations.h"

namespace hakem::state {
namespace {

/// Only for the owner: the files have names of players and alerts.
constexpr auto kDirectoryMode = std::filesystem::perms::owner_all;
constexpr auto kFileMode = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

/// A directory that exists keeps its mode: it may be shared, such as /tmp.
Result<void> MakeDirectory(const std::string& directory) {
  std::error_code error;
  if (!std::filesystem::create_directories(directory, error)) {
    return error ? Result<void>(Fail(ErrorCode::kInvalidInput,
                                     fmt::format("cannot create state directory {}: {}", directory,
                                                 error.message())))
                 : Result<void>();
  }
  std::filesystem::permissions(directory, kDirectoryMode, error);
  return {};
}

/// Makes the files private that an earlier version left readable, with SQLite's auxiliary files and
/// those that were moved aside.
void CloseToOthers(const std::string& directory) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    std::error_code ignored;
    if ((name.starts_with("hakem.db") || name.starts_with("history.db")) &&
        entry->symlink_status(ignored).type() == std::filesystem::file_type::regular) {
      std::filesystem::permissions(entry->path(), kFileMode, ignored);
    }
  }
}

}  // namespace

Result<State> State::OpenIn(const std::string& directory, const Deps& deps) {
  if (Result<void> made = MakeDirectory(directory); !made) {
    return Fail(made.error());
  }
  Result<DirectoryLock> lock = DirectoryLock::Take(directory);
  if (!lock) {
    return Fail(lock.error());
  }
  CloseToOthers(directory);
  const Database::Deps database_deps{.clock = deps.clock, .log = deps.log.For("state")};
  auto main = Database::Open({.path = directory + "/hakem.db",
                              .durability = Durability::kFull,
                              .migrations = kMainMigrations},
                             database_deps);
  if (!main) {
    return Fail(main.error());
  }
  auto history = Database::Open({.path = directory + "/history.db",
                                 .durability = Durability::kNormal,
                                 .migrations = kHistoryMigrations},
                                database_deps);
  if (!history) {
    return Fail(history.error());
  }
  return State(*std::move(lock), *std::move(main), *std::move(history));
}

Result<State> State::InMemory(const Deps& deps) {
  auto main = Database::Open({.path = "", .migrations = kMainMigrations},
                             {.clock = deps.clock, .log = deps.log.For("state")});
  if (!main) {
    return Fail(main.error());
  }
  return State(std::nullopt, *std::move(main), nullptr);
}

Result<State> State::Open(const std::string& directory, const Deps& deps,
                          std::string_view default_directory) {
  if (!directory.empty()) {
    return OpenIn(directory, deps);
  }
  Result<State> opened = OpenIn(std::string(default_directory), deps);
  if (opened) {
    return opened;
  }
  deps.log.For("state").Warn(
      "nothing will survive a restart: the default state directory cannot be used; name another "
      "with --state.directory",
      {{"error", opened.error().message}});
  return InMemory(deps);
}

State::State(std::optional<DirectoryLock> lock, std::unique_ptr<Database> main,
             std::unique_ptr<Database> history)
    : lock_(std::move(lock)), main_(std::move(main)), history_(std::move(history)) {}

}  // namespace hakem::state
