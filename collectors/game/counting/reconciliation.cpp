#include "collectors/game/counting/reconciliation.h"

#include <fmt/format.h>

#include <algorithm>

#include "collectors/game/counting/record_codec.h"

namespace hakem::collectors {
namespace {

void Add(const Tally& more, Tally& sum) {
  for (const auto& [name, count] : more) {
    sum[name] += count;
  }
}

void Add(const ResponseTimes& more, ResponseTimes& sum) {
  sum.at_most.resize(std::max(sum.at_most.size(), more.at_most.size()));
  for (std::size_t i = 0; i < more.at_most.size(); ++i) {
    sum.at_most[i] += more.at_most[i];
  }
  sum.count += more.count;
  sum.sum_seconds += more.sum_seconds;
  sum.missing += more.missing;
  sum.negative += more.negative;
  sum.out_of_range += more.out_of_range;
}

std::uint64_t Beyond(std::uint64_t now, std::uint64_t counted) {
  return now > counted ? now - counted : 0;
}

Tally Beyond(const Tally& now, const Tally& counted) {
  Tally late;
  for (const auto& [name, count] : now) {
    const auto before = counted.find(name);
    late[name] = Beyond(count, before == counted.end() ? 0 : before->second);
  }
  return late;
}

/// The difference of two histograms. It is all or nothing: if one bucket shrank, adding the others
/// would make the histogram inconsistent.
ResponseTimes Beyond(const ResponseTimes& now, const ResponseTimes& counted) {
  ResponseTimes late = {.at_most = now.at_most,
                        .count = now.count - counted.count,
                        .sum_seconds = now.sum_seconds - counted.sum_seconds,
                        .missing = Beyond(now.missing, counted.missing),
                        .negative = Beyond(now.negative, counted.negative),
                        .out_of_range = Beyond(now.out_of_range, counted.out_of_range)};
  bool grew = late.count >= 0 && late.sum_seconds >= 0;
  for (std::size_t i = 0; i < std::min(late.at_most.size(), counted.at_most.size()); ++i) {
    late.at_most[i] -= counted.at_most[i];
    grew &= late.at_most[i] >= 0;
  }
  if (!grew) {
    late.at_most.assign(late.at_most.size(), 0);
    late.count = late.sum_seconds = 0;
  }
  return late;
}

constexpr std::string_view kSpanPrefix = "past/";
constexpr std::string_view kSuspectKey = "doubt";

// `out_of_range` is not saved, because records of version 0.1.0 do not have it. After a restart
// such moves of a suspect range may be counted as skipped twice.
void WriteTimes(const ResponseTimes& times, FieldWriter& fields) {
  fields.Count(times.at_most.size());
  for (const double count : times.at_most) {
    fields.Real(count);
  }
  fields.Real(times.count);
  fields.Real(times.sum_seconds);
  fields.Count(times.missing);
  fields.Count(times.negative);
}

ResponseTimes ReadTimes(FieldReader& fields) {
  ResponseTimes times;
  times.at_most.resize(fields.Size());
  for (double& count : times.at_most) {
    count = fields.Real();
  }
  times.count = fields.Real();
  times.sum_seconds = fields.Real();
  times.missing = fields.Count();
  times.negative = fields.Count();
  return times;
}

}  // namespace

SpanCounts CountsOf(const GameReading& reading) {
  SpanCounts counts{
      .moves = reading.moves, .created = reading.created_overflow, .responses = reading.responses};
  for (const SessionRow& session : reading.created) {
    ++counts.created[session.game_type];
  }
  return counts;
}

void Reconciliation::AddReading(const GameReading& reading) {
  if (reading.from < reading.horizon) {
    counted_.push_back({{reading.from, reading.horizon}, CountsOf(reading)});
  }
  while (counted_.size() > 1 && reading.horizon - counted_.front().span.from > kMaxSpan) {
    counted_.pop_front();
  }
  past_is_complete_ = reading.exact;
  if (!reading.exact) {
    MarkSuspect(std::min(reading.from, reading.raw_horizon));
  }
}

std::optional<Reconciliation::Span> Reconciliation::Due() const {
  if (!suspect_from_ || !past_is_complete_) {
    return std::nullopt;
  }
  const auto first =
      std::find_if(counted_.begin(), counted_.end(),
                   [&](const CountedSpan& counted) { return counted.span.to > *suspect_from_; });
  return first == counted_.end() ? std::nullopt
                                 : std::optional(Span{first->span.from, counted_.back().span.to});
}

SpanCounts Reconciliation::Reconcile(const GameReading& again) {
  SpanCounts counted;
  for (const CountedSpan& part : counted_) {
    if (part.span.from >= again.from) {
      Add(part.counts.moves, counted.moves);
      Add(part.counts.created, counted.created);
      Add(part.counts.responses, counted.responses);
    }
  }
  const SpanCounts counts = CountsOf(again);
  SpanCounts late{.moves = Beyond(counts.moves, counted.moves),
                  .created = Beyond(counts.created, counted.created),
                  .responses = Beyond(counts.responses, counted.responses)};
  counted_.clear();
  counted_.push_back({{again.from, again.horizon}, counts});
  suspect_from_.reset();
  return late;
}

// The microseconds of present times have 16 digits, so that the keys sort by time.
void Reconciliation::Write(GameRecords& records) const {
  if (suspect_from_) {
    FieldWriter fields;
    fields.Instant(*suspect_from_);
    records.emplace(kSuspectKey, fields.Take());
  }
  for (const CountedSpan& counted : counted_) {
    FieldWriter fields;
    fields.Instant(counted.span.from);
    fields.Instant(counted.span.to);
    WriteTally(counted.counts.moves, fields);
    WriteTally(counted.counts.created, fields);
    WriteTimes(counted.counts.responses, fields);
    records.emplace(fmt::format("{}{}", kSpanPrefix, counted.span.from.time_since_epoch().count()),
                    fields.Take());
  }
}

bool Reconciliation::Read(const GameRecords& records) {
  if (const auto found = records.find(kSuspectKey); found != records.end()) {
    FieldReader fields(found->second);
    suspect_from_ = fields.Instant();
    if (!fields.done()) {
      return false;
    }
  }
  for (const auto& [key, value] : RecordsWithPrefix(kSpanPrefix, records)) {
    FieldReader fields(value);
    CountedSpan& counted = counted_.emplace_back();
    counted.span = {.from = fields.Instant(), .to = fields.Instant()};
    counted.counts = {
        .moves = ReadTally(fields), .created = ReadTally(fields), .responses = ReadTimes(fields)};
    if (!fields.done()) {
      return false;
    }
  }
  return true;
}

}  // namespace hakem::collectors
