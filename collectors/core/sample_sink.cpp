#include "collectors/core/sample_sink.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/check.h"
#include "model/utf8.h"

namespace hakem::collectors {
namespace {

/// "1.0", "0.25", "300.0".
std::string BoundText(double bound) {
  std::string text = fmt::format("{}", bound);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

}  // namespace

SampleSink::SampleSink(Labels constant_labels) : constant_labels_(std::move(constant_labels)) {}

SampleSink::Family& SampleSink::FamilyFor(const FamilySpec& spec) {
  const auto found = std::find_if(families_.begin(), families_.end(),
                                  [&](const Family& family) { return family.spec == &spec; });
  return found != families_.end() ? *found : families_.emplace_back(Family{&spec, {}, {}});
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
  return Labels(std::move(labels));
}

void SampleSink::Write(const FamilySpec& spec, std::span<const std::string_view> label_values,
                       double value) {
  WritePart(spec, {}, label_values, value);
}

void SampleSink::WriteHistogram(const FamilySpec& spec,
                                std::span<const std::string_view> label_values,
                                const HistogramValue& histogram) {
  HAKEM_CHECK(histogram.bounds.size() == histogram.at_most.size());
  for (std::size_t i = 0; i < histogram.bounds.size(); ++i) {
    WritePart(spec, {"_bucket", BoundText(histogram.bounds[i])}, label_values,
              histogram.at_most[i]);
  }
  WritePart(spec, {"_bucket", "+Inf"}, label_values, histogram.count);
  WritePart(spec, {"_sum"}, label_values, histogram.sum);
  WritePart(spec, {"_count"}, label_values, histogram.count);
}

void SampleSink::WritePart(const FamilySpec& spec, const Part& part,
                           std::span<const std::string_view> label_values, double value) {
  HAKEM_CHECK(label_values.size() == spec.labels.size());
  Family& family = FamilyFor(spec);
  key_.assign(part.suffix).append(part.bound).push_back('\xFF');
  for (const std::string_view label_value : label_values) {
    key_.append(label_value).push_back('\xFF');
  }
  auto found = family.slots.find(key_);
  if (found == family.slots.end()) {
    found = family.slots.emplace(key_, Slot{}).first;
    found->second.series = std::make_shared<const Series>(MakeLabels(spec, part, label_values));
  }
  Slot& slot = found->second;
  if (slot.round != round_) {
    slot.round = round_;
    slot.index = family.samples.size();
    family.samples.push_back({slot.series, value});
    return;
  }
  ++written_twice_;
  if (spec.on_duplicate == OnDuplicate::kSum) {
    family.samples[slot.index].value += value;
  }
}

std::vector<MetricFamily> SampleSink::Take() {
  std::vector<MetricFamily> taken;
  for (Family& family : families_) {
    std::erase_if(family.slots, [&](const auto& entry) { return entry.second.round != round_; });
    if (!family.samples.empty()) {
      taken.push_back({std::string(family.spec->name), family.spec->type,
                       std::string(family.spec->help), family.samples});
      family.samples.clear();  // Keeps its capacity for the next round.
    }
  }
  ++round_;
  duplicates_ = std::exchange(written_twice_, 0);
  folded_ = std::exchange(folded_now_, 0);
  return taken;
}

}  // namespace hakem::collectors
