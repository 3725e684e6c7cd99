// How a GameState is saved: one record with all counters, and one for each followed session,
// followed connection and counted time range, so that a collection changes only a few records.
// Version 0.1.0 wrote the same keys and values.

#include <fmt/format.h>

#include <algorithm>

#include "collectors/game/counting/game_state.h"
#include "collectors/game/counting/record_codec.h"

namespace hakem::collectors {
namespace {

/// The version of the record `counters`; records with another one are rejected.
constexpr std::uint64_t kFormat = 1;
constexpr std::string_view kCounters = "counters";
constexpr std::string_view kUnusablePrefix = "trouble/";

void WriteLabelValues(const LabelLimit& limit, FieldWriter& fields) {
  fields.Count(limit.known().size());
  for (const std::string& value : limit.known()) {
    fields.Text(value);
  }
}

void ReadLabelValues(FieldReader& fields, LabelLimit& limit) {
  for (std::size_t left = fields.Size(); left > 0 && fields.ok(); --left) {
    limit.Admit(fields.Text());
  }
}

void WriteHistogram(const HistogramValue& value, FieldWriter& fields) {
  fields.Count(value.bounds.size());
  for (std::size_t i = 0; i < value.bounds.size(); ++i) {
    fields.Real(value.bounds[i]);
    fields.Real(value.at_most[i]);
  }
  fields.Real(value.count);
  fields.Real(value.sum);
}

/// Adds the saved observations, if the bounds are still the same.
void ReadHistogram(FieldReader& fields, Histogram& histogram) {
  std::vector<double> bounds(fields.Size());
  std::vector<double> at_most(bounds.size());
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    bounds[i] = fields.Real();
    at_most[i] = fields.Real();
  }
  const double count = fields.Real();
  const double sum = fields.Real();
  const auto now = histogram.value().bounds;
  if (fields.ok() && std::ranges::equal(now, bounds)) {
    histogram.Add(at_most, count, sum);
  }
}

using Histograms = std::map<std::string, Histogram, std::less<>>;

void WriteHistograms(const Histograms& histograms, FieldWriter& fields) {
  fields.Count(histograms.size());
  for (const auto& [type, histogram] : histograms) {
    fields.Text(type);
    WriteHistogram(histogram.value(), fields);
  }
}

void ReadHistograms(FieldReader& fields, const std::vector<double>& bounds,
                    Histograms& histograms) {
  for (std::size_t left = fields.Size(); left > 0 && fields.ok(); --left) {
    const std::string type = fields.Text();
    ReadHistogram(fields, histograms.try_emplace(type, bounds).first->second);
  }
}

}  // namespace

GameRecords GameState::Write() const {
  GameRecords records;
  FieldWriter fields;
  WriteCounters(fields);
  records.emplace(kCounters, fields.Take());
  sessions_.Write(records);
  connections_.Write(records);
  reconciliation_.Write(records);
  for (const auto& [id, bits] : counted_unusable_) {
    FieldWriter unusable;
    unusable.Count(static_cast<std::uint64_t>(bits));
    records.emplace(std::string(kUnusablePrefix).append(id), unusable.Take());
  }
  return records;
}

Result<void> GameState::Read(const GameRecords& records) {
  const auto counters = records.find(kCounters);
  if (counters == records.end()) {
    return Fail(ErrorCode::kInvalidInput, "there is no record of the counters");
  }
  FieldReader fields(counters->second);
  ReadCounters(fields);
  if (!fields.done()) {
    return Fail(ErrorCode::kInvalidInput, "the record of the counters cannot be parsed");
  }
  if (!sessions_.Read(records) || !connections_.Read(records) || !reconciliation_.Read(records)) {
    return Fail(ErrorCode::kInvalidInput, "a record of a followed row cannot be parsed");
  }
  for (const auto& [key, value] : RecordsWithPrefix(kUnusablePrefix, records)) {
    FieldReader unusable(value);
    counted_unusable_.emplace(key.substr(kUnusablePrefix.size()),
                              static_cast<int>(unusable.Count()));
    if (!unusable.done()) {
      return Fail(ErrorCode::kInvalidInput,
                  "a record of a session with unusable values cannot be parsed");
    }
  }
  return {};
}

void GameState::WriteCounters(FieldWriter& fields) const {
  fields.Count(kFormat);
  fields.Instant(*started_at_);
  fields.Instant(*watermark_);
  for (const LabelLimit* limit : {&game_types_, &move_types_, &outcomes_, &reasons_}) {
    WriteLabelValues(*limit, fields);
  }
  for (const Tally* tally : {&counters_.created, &counters_.started, &counters_.moves,
                             &counters_.disconnections, &counters_.skipped}) {
    WriteTally(*tally, fields);
  }
  fields.Count(counters_.finished.size());
  for (const auto& [ending, count] : counters_.finished) {
    fields.Text(ending.game_type);
    fields.Text(ending.outcome);
    fields.Count(count);
  }
  fields.Count(counters_.connections_opened);
  WriteHistograms(counters_.duration, fields);
  WriteHistograms(counters_.wait, fields);
  WriteHistogram(counters_.move_response.value(), fields);
}

void GameState::ReadCounters(FieldReader& fields) {
  if (fields.Count() != kFormat) {
    fields.MarkInvalid();
  }
  started_at_ = fields.Instant();
  watermark_ = fields.Instant();
  for (LabelLimit* limit : {&game_types_, &move_types_, &outcomes_, &reasons_}) {
    ReadLabelValues(fields, *limit);
  }
  for (Tally* tally : {&counters_.created, &counters_.started, &counters_.moves,
                       &counters_.disconnections, &counters_.skipped}) {
    *tally = ReadTally(fields);
  }
  for (std::size_t left = fields.Size(); left > 0 && fields.ok(); --left) {
    EndedKey key{.game_type = fields.Text(), .outcome = fields.Text()};
    counters_.finished[std::move(key)] = fields.Count();
  }
  counters_.connections_opened = fields.Count();
  ReadHistograms(fields, bounds_.duration, counters_.duration);
  ReadHistograms(fields, bounds_.matchmaking_wait, counters_.wait);
  ReadHistogram(fields, counters_.move_response);
}

}  // namespace hakem::collectors
