#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/differential/answer.h"

namespace hakem::differential {

/// A difference that is meant: something that has changed between the Prometheus at hand and the
/// one whose language Hakem speaks.
struct LanguageChange {
  const char* name;
  const char* reason;
  bool (*applies)(const Query& query, const Answer& prometheus, const Answer& hakem);
};

struct RunOptions {
  std::string tree{};  ///< Of Prometheus, as in PrometheusOptions.
  std::uint64_t seed = 1;
  std::size_t queries = 1000;
  /// How much later than a multiple of 15 s samples stand; queries are at multiples of 15 s, and 43
  /// ms.
  Duration sample_shift{0};
  std::vector<LanguageChange> changes;
  bool compares_annotations = true;           ///< Warnings and infos.
  std::vector<std::string> unused_functions;  ///< That differ between the two languages.
  promql::Features features{};                ///< On in both, and used by the queries.
};

struct RunResult {
  std::size_t compared = 0;
  std::size_t with_value = 0;  ///< Of them, those that had one that is not empty.
  std::size_t with_error = 0;
  std::size_t undecided =
      0;  ///< Asked again, Prometheus answered otherwise: it depends on a hash order.
  std::map<std::string, std::size_t> changed;  ///< Not compared, by the change's name.
  std::vector<std::string> differences;        ///< At most the first hundred.
};

/// Makes data and queries of the seed, and asks both. Errors: kNotFound, kRefused, kTimeout when
/// there is no Prometheus to ask.
Result<RunResult> RunDifferential(const RunOptions& options);

}  // namespace hakem::differential
