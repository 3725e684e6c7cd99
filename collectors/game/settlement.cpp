#include "collectors/game/settlement.h"

#include <algorithm>

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
                        .negative = Beyond(now.negative, counted.negative)};
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

}  // namespace

Happened HappenedIn(const GameReading& reading) {
  Happened happened{.moves = reading.moves, .created = {}, .responses = reading.responses};
  for (const SessionRow& session : reading.created) {
    ++happened.created[session.game_type];
  }
  return happened;
}

void Settlement::Take(const GameReading& reading) {
  past_.push_back({{reading.from, reading.bound}, HappenedIn(reading)});
  while (reading.bound - past_.front().span.from > kLongest && past_.size() > 1) {
    past_.pop_front();
  }
  all_there_ = reading.exact;
  if (!reading.exact) {
    Doubt(std::min(reading.from, reading.reached));
  }
}

std::optional<Settlement::Span> Settlement::Due() const {
  if (!doubt_ || !all_there_) {
    return std::nullopt;
  }
  const auto first = std::find_if(past_.begin(), past_.end(), [&](const Counted& counted) {
    return counted.span.to > *doubt_;
  });
  return first == past_.end() ? std::nullopt
                              : std::optional(Span{first->span.from, past_.back().span.to});
}

Happened Settlement::Settle(const GameReading& again) {
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

}  // namespace hakem::collectors
