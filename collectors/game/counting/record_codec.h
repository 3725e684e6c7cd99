#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "collectors/core/game_store.h"
#include "model/time.h"

namespace hakem::collectors {

/// Writes values one after another into a text that FieldReader reads: `12 0.5 5:ranked`.
class FieldWriter {
 public:
  void Count(std::uint64_t value);
  void Real(double value);  ///< Exactly: reads back as the same number.
  void Text(std::string_view value);
  void Instant(PgTimestamp value);

  void Flag(bool value) { Count(value ? 1 : 0); }

  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Reads what FieldWriter wrote, in the same order. What does not fit is remembered: from then on
/// everything reads as zero or empty.
class FieldReader {
 public:
  /// `text` outlives the reader.
  explicit FieldReader(std::string_view text) : rest_(text) {}

  std::uint64_t Count();
  double Real();
  std::string Text();
  PgTimestamp Instant();

  bool Flag() { return Count() != 0; }

  /// How many elements follow: 0 unless as many can be there.
  std::size_t Size();

  /// What was read makes no sense.
  void Spoil() { ok_ = false; }

  /// Everything fitted so far.
  bool ok() const { return ok_; }

  /// Everything fitted, and nothing is left.
  bool done() const { return ok_ && rest_.empty(); }

 private:
  template <typename Number>
  Number Parse(char end);

  std::string_view rest_;
  bool ok_ = true;
};

/// The records whose keys begin so.
class RecordsUnder {
 public:
  RecordsUnder(std::string_view prefix, const GameRecords& records)
      : begin_(records.lower_bound(prefix)), end_(begin_) {
    while (end_ != records.end() && end_->first.starts_with(prefix)) {
      ++end_;
    }
  }

  GameRecords::const_iterator begin() const { return begin_; }

  GameRecords::const_iterator end() const { return end_; }

 private:
  GameRecords::const_iterator begin_;
  GameRecords::const_iterator end_;
};

}  // namespace hakem::collectors
