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

/// Which of a target's two connections a collector uses, and so how often it runs.
enum class Lane {
  kFast,  ///< Every 5 s by default; milliseconds.
  kSlow,  ///< Every 60 s by default; may take seconds.
};

enum class Scope {
  kCluster,   ///< Once a server, from the home database.
  kDatabase,  ///< Once in each database.
};

/// What a collector is worth when all of them together cost the database too much.
enum class Priority {
  kOptional,   ///< Slowed first.
  kOrdinary,   ///< Slowed next.
  kEssential,  ///< Never slowed.
};

enum class Role { kAny, kPrimary, kStandby };

/// What must be there for a collector to be planned in.
struct Gates {
  int min_version = 130000;
  int max_version = std::numeric_limits<int>::max();  ///< Inclusive.
  Role role = Role::kAny;
  std::string_view extension = {};
};

/// How many tables or indexes of one database are told apart, unless configured.
inline constexpr int kDefaultLimit = 5000;

/// How many series of one collector are told apart in each database, unless configured. A collector
/// with a limit reaches its own first.
inline constexpr int kDefaultMaxSeries = 20'000;
inline constexpr int kDefaultMaxSeriesOfLimited = 200'000;

/// What the configuration says to collectors. Constant while one collector lives.
struct CollectorOptions {
  Duration interval;               ///< Of the lane.
  std::vector<GameOptions> games;  ///< Empty: nobody plays here.
  StatementOptions statements = {};
  GameStore* game_store = nullptr;  ///< Outlives the collector; null: counters end with Hakem.
  int max_series = kDefaultMaxSeries;
  int limit = kDefaultLimit;  ///< Of what a collector with a limit tells apart, in each database.
};

/// What a collector works with in one round.
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

  /// Writes this round's samples into `sink`. After an error what was written is thrown away.
  /// Errors: kTimeout, kUnavailable: retried at the next interval. Others: the same, told once a
  /// change.
  virtual Result<void> Collect(const CollectorContext& context, SampleSink& sink) = 0;
};

/// A collector's index entry. A constant: no code runs before main().
struct CollectorSpec {
  std::string_view
      name;  ///< Equals the file name, the config key, the `collector` label and the docs row.
  std::string_view help;
  bool enabled_by_default;
  Lane lane;
  Scope scope = Scope::kCluster;  ///< kDatabase: in the slow lane only.
  Priority priority = Priority::kOrdinary;
  Gates gates = {};
  bool has_limit = false;   ///< Obeys CollectorOptions::limit.
  RoundOptions round = {};  ///< Of every round that runs its statements.
  std::span<const FamilySpec>
      families;  ///< Everything it can write; the documentation is checked against it.
  std::unique_ptr<Collector> (*make)(const CollectorOptions& options);

  constexpr int default_max_series() const {
    return has_limit ? kDefaultMaxSeriesOfLimited : kDefaultMaxSeries;
  }
};

/// All collectors, by name. Generated from the files of this folder's parent.
extern const std::span<const CollectorSpec* const> kCollectors;

}  // namespace hakem::collectors
