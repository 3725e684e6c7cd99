#include "rules/schedule/schedule.h"

#include <algorithm>
#include <string>
#include <utility>

#include "model/labels.h"

namespace hakem::rules {

Timestamp Slots::Latest(Timestamp now) const {
  const Duration since = now.time_since_epoch() - offset;
  Duration into = since % interval;
  if (into < Duration::zero()) {  // Before 1970.
    into += interval;
  }
  return now - into;
}

Slots SlotsOf(std::string_view file, std::string_view group, Duration interval) {
  const std::uint64_t hash =
      Labels{{"file", std::string(file)}, {"name", std::string(group)}}.hash();
  return {.interval = interval,
          .offset = Duration(
              static_cast<Duration::rep>(hash % static_cast<std::uint64_t>(interval.count())))};
}

void Schedule::OnCollection(Timestamp time) {
  if (slots_) {
    return OnTime(time);
  }
  missed_ += due_ ? 1 : 0;
  due_ = time;
}

void Schedule::OnTime(Timestamp now) {
  if (!slots_) {
    return;
  }
  const Timestamp slot = slots_->Latest(now);
  if (!last_slot_) {
    last_slot_ = slot;
  } else if (slot > *last_slot_) {
    const std::int64_t begun = std::max<std::int64_t>(1, (slot - *last_slot_) / slots_->interval);
    missed_ += begun - 1 + (due_ ? 1 : 0);
    due_ = slot;
    last_slot_ = slot;
  }
}

void Schedule::Force(Timestamp time) {
  due_ = time;
  last_slot_ = slots_ ? std::optional(slots_->Latest(time)) : std::nullopt;
}

Timestamp Schedule::Take() {
  evaluated_ = std::max(*due_, evaluated_.value_or(Timestamp::min()));
  due_.reset();
  return *evaluated_;
}

std::int64_t Schedule::TakeMissed() {
  return std::exchange(missed_, 0);
}

std::optional<Timestamp> Schedule::NextSlot() const {
  if (!slots_ || !last_slot_) {
    return std::nullopt;
  }
  // After a step of the clock, last_slot_ may lie between two slots.
  return slots_->Latest(*last_slot_) + slots_->interval;
}

void Schedule::MoveTimes(Duration step) {
  for (std::optional<Timestamp>* time : {&due_, &evaluated_, &last_slot_}) {
    if (*time) {
      **time += step;
    }
  }
}

void Schedule::Continue(const Schedule& before) {
  due_ = before.due_;
  evaluated_ = before.evaluated_;
  missed_ = before.missed_;
  const bool same_slots = slots_ && before.slots_ && slots_->interval == before.slots_->interval;
  if (same_slots) {
    last_slot_ = before.last_slot_;
  } else if (slots_ || before.slots_) {
    due_.reset();
  }
}

}  // namespace hakem::rules
