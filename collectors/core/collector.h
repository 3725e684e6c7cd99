#pragma once

#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/game_store.h"
#include "collectors/core/sample_sink.h"
#include "collectors/core/session.h"
#include "collectors/core/statement_options.h"
#include "model/clock.h"
#include "model/log.h"
#include "model/result.h"

namespace hakem::collectors {

/// Which of a target's two connections a collector uses, and therefore how often it runs.
enum class Lane {
  kFast,  ///< Every 5 s by default; for queries that take milliseconds.
  kSlow,  ///< Every 60 s by default; for queries that may take seconds.
};

/// Where a collector runs.
enum class Scope {
  kCluster,   ///< Once per server, in the database of the target's connection string.
  kDatabase,  ///< Once in each database.
};

/// Which collectors are slowed down if all of them together cost the database too much.
enum class Priority {
  kOptional,   ///< Slowed down first.
  kOrdinary,   ///< Slowed down next.
  kEssential,  ///< Never slowed down.
};

/// The kind of server that a collector runs on.
enum class Role { kAny, kPrimary, kStandby };

/// What a server must have for a collector to run on it.
struct Requirements {
  int min_version = 130000;
  int max_version = std::numeric_limits<int>::max();  ///< Inclusive.
  Role role = Role::kAny;
  std::string_view extension = {};  ///< Empty: none is needed.
};

/// The default number of tables or indexes of one database that have series of their own.
inline constexpr int kDefaultLimit = 5000;

/// The default number of series that one collector keeps in each database (SeriesLimit). It is
/// higher for a collector with a limit of its own, which should take effect first.
inline constexpr int kDefaultMaxSeries = 20'000;
inline constexpr int kDefaultMaxSeriesOfLimited = 200'000;

/// The configuration of a collector. Constant during the life of one collector.
struct CollectorOptions {
  Duration interval;               ///< The interval of the lane.
  std::vector<GameOptions> games;  ///< The games on this server; may be empty.
  StatementOptions statements = {};
  GameStore* game_store = nullptr;     ///< Outlives the collector. Null: counters are not saved.
  int max_series = kDefaultMaxSeries;  ///< The number of kept series in each database.
  int limit = kDefaultLimit;           ///< For collectors with CollectorSpec::has_limit.
};

/// What a collector may use during one round.
struct CollectorContext {
  Session& session;
  const Clock& clock;
  const Logger& log;
};

/// Turns one source of facts into samples. Called by one thread at a time; may block up to the
/// session's timeout. The caller times the call, keeps the deadline, counts success and logs
/// failures.
class Collector {
 public:
  virtual ~Collector() = default;

  /// Writes this round's samples into `sink`. After an error the caller discards them and tries
  /// again at the next interval. Errors: those of Session::Query; kRefused: the server or role does
  /// not allow it; kInternal: an answer is not as expected.
  virtual Result<void> Collect(const CollectorContext& context, SampleSink& sink) = 0;
};

/// Describes one collector in the catalogue. A constant: no code runs before main().
struct CollectorSpec {
  std::string_view
      name;  ///< Equals the file name, the config key, the `collector` label and the docs row.
  std::string_view help;
  bool enabled_by_default;
  Lane lane;
  Scope scope = Scope::kCluster;  ///< kDatabase is allowed in the slow lane only.
  Priority priority = Priority::kOrdinary;
  Requirements requirements = {};
  bool has_limit = false;   ///< Uses CollectorOptions::limit.
  RoundOptions round = {};  ///< The session's options for rounds with its statements.
  std::span<const FamilySpec>
      families;  ///< All families that it can write; a test compares the documentation with it.
  std::unique_ptr<Collector> (*make)(const CollectorOptions& options);

  constexpr int default_max_series() const {
    return has_limit ? kDefaultMaxSeriesOfLimited : kDefaultMaxSeries;
  }
};

/// All collectors, sorted by name. Generated from the files in collectors/.
extern const std::span<const CollectorSpec* const> kCollectors;

}  // namespace hakem::collectors
