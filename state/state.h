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

/// Used where it can be, when no directory is named.
inline constexpr std::string_view kDefaultDirectory = "/var/lib/hakem";

/// What survives a restart, in one directory that one Hakem has for itself. Two files, because
/// SQLite has one writer a file, and the history must not hold up what an alert needs:
/// `hakem.db` (alerts, counters) and `history.db` (samples; it may be lost).
class State {
 public:
  struct Deps {
    const Clock& clock;
    Log log;
  };

  /// `directory` empty: the default one, or else memory, with a warning.
  /// Errors: kInvalidInput, kUnavailable: the directory that was named cannot be used.
  static Result<State> Open(const std::string& directory, const Deps& deps,
                            std::string_view default_directory = kDefaultDirectory);

  /// Everything but the history; in memory when there is no directory.
  Database& main() const { return *main_; }

  /// Null when there is no directory: what is in memory already needs no copy there.
  Database* history() const { return history_.get(); }

 private:
  static Result<State> OpenIn(const std::string& directory, const Deps& deps);
  static Result<State> InMemory(const Deps& deps);

  State(std::optional<DirectoryLock> lock, std::unique_ptr<Database> main,
        std::unique_ptr<Database> history);

  std::optional<DirectoryLock> lock_;  ///< First: it is given up last.
  std::unique_ptr<Database> main_;
  std::unique_ptr<Database> history_;
};

}  // namespace hakem::state
