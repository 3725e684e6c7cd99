#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/secret.h"
#include "simulator/world/event.h"

namespace hakem::simulator {

/// Writes what happens to where a Hokm server keeps it. Used by one thread at a time.
class GameWriter {
 public:
  virtual ~GameWriter() = default;

  /// Writes one event, in one transaction. An event may be written again after an error: what was
  /// committed already stays as it is, so that a lost connection neither loses nor doubles any.
  ///
  /// Errors: kNotFound: the event's game is gone from the database; the others: nothing is wrong
  /// with the event, try again (kUnavailable: no connection; kTimeout: something else holds a lock;
  /// kInvalidInput: the schema is not as expected; kRefused: no permission).
  virtual Result<void> Write(const Event& event) = 0;
};

/// What a run of the simulator works with.
struct Cast {
  std::vector<std::string> players;  ///< Their ids in the database, by PlayerId.
  std::vector<int> ratings;          ///< Of each, now.
  std::uint64_t run = 0;             ///< Differs from every other run on this database.
};

/// What to do with a database that has no schema hokm_game.
enum class MissingSchema { kRefuse, kCreate };

/// Makes sure that so many players exist, and ends the games and connections that an earlier run
/// left behind when it was killed. So there is one run at a time on a database.
/// `conninfo` is libpq's: key=value or a URI; what it lacks comes from PG* variables.
///
/// Errors: as GameWriter::Write's but kNotFound; kInvalidInput also when conninfo cannot be read.
Result<Cast> PrepareDatabase(const Secret& conninfo, int players, MissingSchema missing_schema);

/// Runs several statements in one transaction. Errors: as PrepareDatabase.
Result<void> RunScript(const Secret& conninfo, std::string_view sql);

/// Writes to a database that PrepareDatabase was called for. Connects at the first event, and again
/// after the connection was lost.
std::unique_ptr<GameWriter> MakeDatabaseWriter(const Secret& conninfo, Cast cast);

}  // namespace hakem::simulator
