#include "collectors/core/sample_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "format/number.h"
#include "format/utf8.h"
#include "model/check.h"

namespace hakem::collectors {
namespace {

/// "1.0", "0.25", "300.0", as other exporters write bounds.
std::string BoundText(double bound) {
  const std::string text = FormatNumber(bound, NumberForm::kExposition);
  return text.find_first_of(".e") == text.npos ? text + ".0" : text;
}

}  // namespace

SampleSink::SampleSink(Labels constant_labels, SeriesLimit limit, SeriesMaker make)
    : constant_labels_(std::move(constant_labels)), limit_(limit), make_(std::move(make)) {}

SampleSink::Family& SampleSink::FamilyFor(const FamilySpec& spec) {
  const auto found = std::find_if(families_.begin(), families_.end(),
                                  [&](const Family& family) { return family.spec == &spec; });
  return found != families_.end() ? *found : families_.emplace_back(Family{.spec = &spec});
}

Labels SampleSink::MakeLabels(const FamilySpec& spec, const Part& part,
                              std::span<const std::string_view> label_values) const {
  std::vector<Label> labels(constant_labels_.begin(), constant_labels_.end());
  labels.push_back({std::string(kMetricNameLabel), fmt::format("{}{}", spec.name, part.suffix)});
  for (std::size_t i = 0; i < label_values.size(); ++i) {
    labels.push_back({std::string(spec.labels[i]), ToUtf8(label_values[i])});
  }
  if (!part.bound.empty()) {
    labels.push_back({"le", std::string(part.bound)});
  }
  return Labels(labels);
}

void SampleSink::Write(const FamilySpec& spec, std::span<const std::string_view> label_values,
                       double value) {
  HAKEM_CHECK(label_values.size() == spec.labels.size());
  WriteTo(FamilyFor(spec), RowFor(spec, label_values), {}, label_values, value);
}

void SampleSink::WriteHistogram(const FamilySpec& spec,
                                std::span<const std::string_view> label_values,
                                const HistogramValue& histogram) {
  HAKEM_CHECK(label_values.size() == spec.labels.size());
  HAKEM_CHECK(histogram.bounds.size() == histogram.at_most.size());
  Family& family = FamilyFor(spec);
  const Row& whole = RowFor(spec, label_values);
  const auto write = [&](const Part& part, double value) {
    WriteTo(family, PartOf(whole, part, label_values), part, label_values, value);
  };
  for (std::size_t i = 0; i < histogram.bounds.size(); ++i) {
    const std::string bound = BoundText(histogram.bounds[i]);
    write({"_bucket", bound}, histogram.at_most[i]);
  }
  write({"_bucket", "+Inf"}, histogram.count);
  write({"_sum"}, histogram.sum);
  write({"_count"}, histogram.count);
}

void SampleSink::WriteTo(Family& family, const Row& row, const Part& part,
                         std::span<const std::string_view> label_values, double value) {
  if (row.is_beyond_limit) {
    AddToOverflow(family, row, part, label_values, value);
    return;
  }
  Slot& slot = SlotFor(family, row, part, label_values);
  if (Begin(family, row, slot)) {
    family.samples.back().value += value;
    return;
  }
  const bool is_first = slot.only_overflow != 0;
  slot.only_overflow = 0;
  written_twice_ += is_first ? 0U : 1U;
  if (is_first || family.spec->on_duplicate == OnDuplicate::kSum) {
    family.samples[slot.index].value += value;
  }
}

SampleSink::Row& SampleSink::FindRow(const Part& part,
                                     std::span<const std::string_view> label_values) {
  key_.assign(part.suffix).append(part.bound).push_back('\xFF');
  for (const std::string_view label_value : label_values) {
    key_.append(label_value).push_back('\xFF');
  }
  if (last_row_ == nullptr || key_ != last_key_) {
    const auto [entry, is_new] = rows_.try_emplace(key_);
    last_row_ = &entry->second;  // Nodes of the map keep their addresses.
    last_key_ = key_;
    if (is_new) {
      last_row_->id = static_cast<RowId>(rows_.size() - 1);
      if (!free_rows_.empty()) {
        last_row_->id = free_rows_.back();
        free_rows_.pop_back();
      }
    }
  }
  return *last_row_;
}

/// Returns whether these are the labels of an overflow row.
bool SampleSink::IsOverflow(const FamilySpec& spec,
                            std::span<const std::string_view> label_values) const {
  for (std::size_t i = 0; i < label_values.size(); ++i) {
    if (label_values[i] != kOther && spec.labels[i] != limit_.kept_label) {
      return false;
    }
  }
  return true;
}

/// Returns the row of these labels. If it is new, decides whether it is beyond the limit.
const SampleSink::Row& SampleSink::RowFor(const FamilySpec& spec,
                                          std::span<const std::string_view> label_values) {
  Row& row = FindRow({}, label_values);
  if (row.round == 0) {
    row.is_overflow = IsOverflow(spec, label_values);
    row.is_beyond_limit = series_ >= limit_.series && !row.is_overflow;
  }
  if (row.round != round_) {
    row.round = round_;
    overflow_now_ += row.is_beyond_limit ? 1U : 0U;
  }
  return row;
}

/// Returns the row of one part of a histogram. The limit was decided for the whole histogram.
const SampleSink::Row& SampleSink::PartOf(const Row& whole, const Part& part,
                                          std::span<const std::string_view> label_values) {
  Row& row = FindRow(part, label_values);
  row.round = round_;
  row.is_beyond_limit = whole.is_beyond_limit;
  row.is_overflow = whole.is_overflow;
  return row;
}

SampleSink::Slot& SampleSink::SlotFor(Family& family, const Row& row, const Part& part,
                                      std::span<const std::string_view> label_values) {
  if (row.id >= family.slots.size()) {
    family.slots.resize(row.id + std::size_t{1});
  }
  Slot& slot = family.slots[row.id];
  if (slot.series == nullptr) {
    Labels labels = MakeLabels(*family.spec, part, label_values);
    slot.series =
        make_ ? make_(std::move(labels)) : std::make_shared<const Series>(std::move(labels));
    ++series_;
  }
  return slot;
}

/// Adds a sample for the series if this round has none yet; that of an overflow row starts at its
/// growth so far. Returns false if there is a sample already.
bool SampleSink::Begin(Family& family, const Row& row, Slot& slot) {
  const auto round = static_cast<std::uint32_t>(round_);
  if (slot.round == round) {
    return false;
  }
  if (family.samples.empty()) {
    family.samples.reserve(family.expected);
  }
  slot.round = round;
  slot.index = static_cast<std::uint32_t>(family.samples.size()) & 0x7FFF'FFFFU;
  slot.only_overflow = 0;
  family.samples.push_back({slot.series, 0});
  if (row.is_overflow) {
    family.samples.back().value = family.overflow_growth;
    family.overflow_since = family.overflow_since == 0 ? round_ : family.overflow_since;
  }
  return true;
}

void SampleSink::AddToOverflow(Family& family, const Row& row, const Part& part,
                               std::span<const std::string_view> label_values, double value) {
  const FamilySpec& spec = *family.spec;
  const bool is_counter = spec.type == MetricType::kCounter;
  if (!is_counter && spec.type != MetricType::kHistogram &&
      spec.on_duplicate != OnDuplicate::kSum) {
    return;
  }
  std::vector<std::string_view> others(label_values.begin(), label_values.end());
  for (std::size_t i = 0; i < others.size(); ++i) {
    others[i] = spec.labels[i] == limit_.kept_label ? others[i] : kOther;
  }
  const Row& overflow = PartOf({.is_overflow = true}, part, others);
  Slot& slot = SlotFor(family, overflow, part, others);
  if (Begin(family, overflow, slot)) {
    slot.only_overflow = 1;
  }
  family.overflow_row = overflow.id;
  if (is_counter) {
    AddCounter(family, row, value);
  } else {
    family.samples[slot.index].value += value;
  }
}

/// Remembers the value that a counter of the overflow has in this round.
void SampleSink::AddCounter(Family& family, const Row& row, double value) {
  const auto round = static_cast<std::uint32_t>(round_);
  OverflowCounter& counted = family.overflow_counters[row.id];
  const bool is_first = counted.round != round;
  counted.round = round;
  written_twice_ += is_first ? 0U : 1U;
  if (is_first) {
    counted.now = value;
  } else if (family.spec->on_duplicate == OnDuplicate::kSum) {
    counted.now += value;
  }
}

/// Adds the growth of this round to a family's overflow series.
void SampleSink::AddGrowth(Family& family) {
  double growth = 0;
  for (auto& [row, counted] : family.overflow_counters) {
    if (counted.round != static_cast<std::uint32_t>(round_)) {
      continue;
    }
    if (!counted.was_taken) {
      counted.before = family.overflow_since == round_ ? 0 : counted.now;
      counted.was_taken = true;
    }
    // A counter that fell was reset and has grown from 0 since.
    growth += counted.now < counted.before ? counted.now : counted.now - counted.before;
    counted.before = counted.now;
  }
  if (growth > 0) {  // Then the overflow row was written in this round.
    family.samples[family.slots[family.overflow_row].index].value += growth;
    family.overflow_growth += growth;
  }
}

/// Drops series and rows that were not written in this round.
void SampleSink::DropUnwritten() {
  for (Family& family : families_) {
    for (Slot& slot : family.slots) {
      if (slot.round != static_cast<std::uint32_t>(round_)) {
        series_ -= slot.series == nullptr ? 0U : 1U;
        slot.series.reset();
      }
    }
  }
  std::erase_if(rows_, [&](const auto& entry) {
    const bool is_gone = entry.second.round != round_;
    if (is_gone) {
      free_rows_.push_back(entry.second.id);
    }
    if (is_gone && entry.second.is_beyond_limit) {
      for (Family& family : families_) {
        family.overflow_counters.erase(entry.second.id);
      }
    }
    return is_gone;
  });
  last_row_ = nullptr;
}

std::vector<MetricFamily> SampleSink::Take() {
  DropUnwritten();
  std::vector<MetricFamily> taken;
  for (Family& family : families_) {
    AddGrowth(family);
    if (!family.samples.empty()) {
      family.expected = family.samples.size();
      taken.push_back({std::string(family.spec->name), family.spec->type,
                       std::string(family.spec->help), std::exchange(family.samples, {})});
    }
  }
  ++round_;
  duplicates_ = std::exchange(written_twice_, 0);
  overflow_rows_ = std::exchange(overflow_now_, 0);
  return taken;
}

void SampleSink::Discard() {
  for (Family& family : families_) {
    family.samples.clear();
    if (family.overflow_since == round_) {  // Its overflow row was never taken.
      family.overflow_since = 0;
    }
  }
  ++round_;
  duplicates_ = written_twice_ = 0;
  overflow_rows_ = overflow_now_ = 0;
}

}  // namespace hakem::collectors
