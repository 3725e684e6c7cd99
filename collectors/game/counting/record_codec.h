#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "collectors/core/game_store.h"
#include "model/time.h"

namespace hakem::collectors {

/// Encodes the fields of a record as text for FieldReader: `12 0.5 6:ranked`.
class FieldWriter {
 public:
  void Count(std::uint64_t value);
  void Real(double value);  ///< Without loss: FieldReader returns the same number.
  void Text(std::string_view value);
  void Instant(PgTimestamp value);

  void Flag(bool value) { Count(value ? 1 : 0); }

  /// Returns the record and leaves the writer empty.
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Decodes what FieldWriter encoded, field by field in the same order. After the first parse error
/// ok() is false, and every further field reads as zero or empty.
class FieldReader {
 public:
  /// `text` outlives the reader.
  explicit FieldReader(std::string_view text) : rest_(text) {}

  std::uint64_t Count();
  double Real();
  std::string Text();
  PgTimestamp Instant();

  bool Flag() { return Count() != 0; }

  /// Reads the number of elements that follow. A number that the rest of the text is too short for
  /// is a parse error, so that a damaged record allocates nothing.
  std::size_t Size();

  /// Reports a parse error that only the caller can detect.
  void MarkInvalid() { ok_ = false; }

  /// True if there was no parse error so far.
  bool ok() const { return ok_; }

  /// True if there was no parse error and the whole text was read.
  bool done() const { return ok_ && rest_.empty(); }

 private:
  template <typename Number>
  Number Parse(char end);

  std::string_view rest_;
  bool ok_ = true;
};

/// A range over the records whose keys begin with a prefix. `records` outlives it unchanged.
class RecordsWithPrefix {
 public:
  RecordsWithPrefix(std::string_view prefix, const GameRecords& records)
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
