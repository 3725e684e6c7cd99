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

/// Of a histogram all or nothing: a part of its buckets would make it inconsistent.
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

constexpr std::string_view kPast = "past/";
constexpr std::string_view kDoubt = "doubt";

// Without those out of range, which older records do not have: at worst one is counted again.
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

Happened HappenedIn(const GameReading& reading) {
  Happened happened{
      .moves = reading.moves, .created = reading.more_created, .responses = reading.responses};
  for (const SessionRow& session : reading.created) {
    ++happened.created[session.game_type];
  }
  return happened;
}

void Reconciliation::Take(const GameReading& reading) {
  if (reading.from < reading.bound) {
    past_.push_back({{reading.from, reading.bound}, HappenedIn(reading)});
  }
  while (past_.size() > 1 && reading.bound - past_.front().span.from > kLongest) {
    past_.pop_front();
  }
  all_there_ = reading.exact;
  if (!reading.exact) {
    Doubt(std::min(reading.from, reading.reached));
  }
}

std::optional<Reconciliation::Span> Reconciliation::Due() const {
  if (!doubt_ || !all_there_) {
    return std::nullopt;
  }
  const auto first = std::find_if(past_.begin(), past_.end(), [&](const Counted& counted) {
    return counted.span.to > *doubt_;
  });
  return first == past_.end() ? std::nullopt
                              : std::optional(Span{first->span.from, past_.back().span.to});
}

Happened Reconciliation::Reconcile(const GameReading& again) {
  Happened counted;
  for (const Counted& part : past_) {
    if (part.span.from >= again.from) {
      Add(part.happened.moves, counted.moves);
      Add(part.happened.created, counted.created);
      Add(part.happened.responses, counted.responses);
    }
  }
  const Happened happened = HappenedIn(again);
  Happened late{.moves = Beyond(happened.moves, counted.moves),
                .created = Beyond(happened.created, counted.created),
                .responses = Beyond(happened.responses, counted.responses)};
  past_.clear();
  past_.push_back({{again.from, again.bound}, happened});
  doubt_.reset();
  return late;
}

// An instant of today has 16 digits, so that the keys are in the order of time.
void Reconciliation::Write(GameRecords& records) const {
  if (doubt_) {
    FieldWriter fields;
    fields.Instant(*doubt_);
    records.emplace(kDoubt, fields.Take());
  }
  for (const Counted& counted : past_) {
    FieldWriter fields;
    fields.Instant(counted.span.from);
    fields.Instant(counted.span.to);
    WriteTally(counted.happened.moves, fields);
    WriteTally(counted.happened.created, fields);
    WriteTimes(counted.happened.responses, fields);
    records.emplace(fmt::format("{}{}", kPast, counted.span.from.time_since_epoch().count()),
                    fields.Take());
  }
}

bool Reconciliation::Read(const GameRecords& records) {
  if (const auto found = records.find(kDoubt); found != records.end()) {
    FieldReader fields(found->second);
    doubt_ = fields.Instant();
    if (!fields.done()) {
      return false;
    }
  }
  for (const auto& [key, value] : RecordsUnder(kPast, records)) {
    FieldReader fields(value);
    Counted& counted = past_.emplace_back();
    counted.span = {.from = fields.Instant(), .to = fields.Instant()};
    counted.happened = {
        .moves = ReadTally(fields), .created = ReadTally(fields), .responses = ReadTimes(fields)};
    if (!fields.done()) {
      return false;
    }
  }
  return true;
}

}  // namespace hakem::collectors
