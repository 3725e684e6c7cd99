#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/clock.h"
#include "model/log.h"
#include "model/result.h"
#include "state/database.h"
#include "state/directory_lock.h"

namespace hakem::state {

/// The directory that is used, if possible, when none is named.
inline constexpr std::string_view kDefaultDirectory = "/var/lib/hakem";

/// The state that survives a restart, in a directory that only one Hakem uses at a time. There are
/// two files, because SQLite allows one writer per file, and saving samples must not delay alerts:
/// `hakem.db` (alerts, counters) and `history.db` (samples, which may be lost).
class State {
 public:
  struct Deps {
    const Clock& clock;
    Log log;
  };

  /// If `directory` is empty, uses the default directory, or else memory, with a warning.
  /// Errors: kInvalidInput, kUnavailable: the named directory cannot be used.
  static Result<State> Open(const std::string& directory, const Deps& deps,
                            std::string_view default_directory = kDefaultDirectory);

  /// The database for everything but samples. It is in memory if there is no directory.
  Database& main() const { return *main_; }

  /// The database for samples. Null if there is no directory.
  Database* history() const { return history_.get(); }

 private:
  static Result<State> OpenIn(const std::string& directory, const Deps& deps);
  static Result<State> InMemory(const Deps& deps);

  State(std::optional<DirectoryLock> lock, std::unique_ptr<Database> main,
        std::unique_ptr<Database> history);

  std::optional<DirectoryLock> lock_;  ///< First, so that it is released last.
  std::unique_ptr<Database> main_;
  std::unique_ptr<Database> history_;
};

}  // namespace hakem::state
