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

/// Writes events to the database of a Hokm server. Used by one thread at a time.
class GameWriter {
 public:
  virtual ~GameWriter() = default;

  /// Writes one event in one transaction. After an error the event may be written again. That
  /// changes nothing if it was committed, so a lost connection neither loses nor duplicates an
  /// event.
  ///
  /// Errors: kNotFound: the game of the event was deleted from the database. The others do not
  /// concern the event, so it can be retried: kUnavailable: no connection; kTimeout: another
  /// session holds a lock; kInvalidInput: the schema is not as expected; kRefused: no permission.
  virtual Result<void> Write(const Event& event) = 0;
};

/// The players of a run of the simulator.
struct Roster {
  std::vector<std::string> players;  ///< Their ids in the database, indexed by PlayerId.
  std::vector<int> ratings;          ///< Their current ratings, indexed by PlayerId.
  std::uint64_t run = 0;             ///< A number that no other run on this database has.
};

/// What to do if the database has no schema hokm_game.
enum class MissingSchema { kRefuse, kCreate };

/// Creates missing players, and ends the live games and connections of an earlier run that was
/// killed. Therefore only one run at a time may use a database. `conninfo` is a connection string
/// or URI of libpq; PG* variables fill in what is missing.
///
/// Errors: those of GameWriter::Write except kNotFound; kInvalidInput: also if `conninfo` is
/// invalid.
Result<Roster> PrepareDatabase(const Secret& conninfo, int players, MissingSchema missing_schema);

/// Runs several statements in one transaction. Errors: those of PrepareDatabase.
Result<void> RunScript(const Secret& conninfo, std::string_view sql);

/// Makes a writer for a database that PrepareDatabase was called for. It connects at the first
/// event, and again after the connection was lost.
std::unique_ptr<GameWriter> MakeDatabaseWriter(const Secret& conninfo, Roster roster);

}  // namespace hakem::simulator
