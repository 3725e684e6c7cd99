#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/differential/answer.h"

namespace hakem::differential {

/// An intended difference: a change of the language between the tested Prometheus and the version
/// that Hakem implements.
struct LanguageChange {
  const char* name;
  const char* reason;
  bool (*applies)(const Query& query, const Answer& prometheus, const Answer& hakem);
};

struct RunOptions {
  std::string tree{};  ///< Flags of Prometheus, as in PrometheusOptions.
  std::uint64_t seed = 1;
  std::size_t queries = 1000;
  /// How much later than a multiple of 15 s samples are; queries are at multiples of 15 s plus 43
  /// ms.
  Duration sample_shift{0};
  std::vector<LanguageChange> changes;
  bool compares_annotations = true;           ///< Warnings and infos.
  std::vector<std::string> unused_functions;  ///< That differ between the two languages.
  promql::Features features{};                ///< On in both, and used by the queries.
};

struct RunResult {
  std::size_t compared = 0;
  std::size_t with_value = 0;  ///< How many of them had an answer that is not empty.
  std::size_t with_error = 0;
  std::size_t undecided =
      0;  ///< Asked again, Prometheus answered otherwise: it depends on a hash order.
  std::map<std::string, std::size_t> changed;  ///< Not compared, by the change's name.
  std::vector<std::string> differences;        ///< At most the first hundred.
};

/// Generates data and queries from the seed and runs both engines. Errors: kNotFound, kRefused,
/// kTimeout: no Prometheus could be started.
Result<RunResult> RunDifferential(const RunOptions& options);

}  // namespace hakem::differential
