#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "model/labels.h"
#include "model/result.h"
#include "promql/parsing/series_text.h"
#include "ruletools/unit_test/test_file.h"
#include "tsdb/store/store.h"

namespace hakem::ruletools {

/// Appends the input series of a test to a store, bit by bit: a rule sees only samples up to the
/// time of its evaluation.
class InputHistory {
 public:
  /// Parses the series. Of several with the same labels, the last one counts. Errors: kInvalidInput
  /// with the place: it is no series, has native histograms, or there are too many values.
  static Result<InputHistory> Parse(const RuleTest& test);

  /// Appends all samples up to `time`, included, that were not appended yet.
  void AppendUntil(tsdb::Store& store, Timestamp time);

 private:
  InputHistory(Timestamp start, Duration interval) : start_(start), interval_(interval) {}

  void AppendNext(tsdb::Store& store);

  Timestamp start_;
  Duration interval_;
  std::map<Labels, std::vector<promql::SeriesItem>> series_;
  std::vector<SeriesRef> refs_;  ///< In the order of series_.
  std::size_t count_ = 0;        ///< The values of the longest series.
  std::size_t next_ = 0;         ///< The first value that was not appended.
};

}  // namespace hakem::ruletools
