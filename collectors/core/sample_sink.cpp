#include "collectors/core/sample_sink.h"

#include <algorithm>

#include "model/check.h"

namespace hakem::collectors {
namespace {

Labels MakeLabels(const FamilySpec& family, std::span<const std::string_view> values,
                  const Labels& constant) {
  std::vector<Label> labels(constant.begin(), constant.end());
  labels.push_back({std::string(kMetricNameLabel), std::string(family.name)});
  for (std::size_t i = 0; i < values.size(); ++i) {
    labels.push_back({std::string(family.labels[i]), std::string(values[i])});
  }
  return Labels(std::move(labels));
}

}  // namespace

SampleSink::SampleSink(Labels constant_labels) : constant_labels_(std::move(constant_labels)) {}

SampleSink::Family& SampleSink::FamilyFor(const FamilySpec& spec) {
  const auto found = std::find_if(families_.begin(), families_.end(),
                                  [&](const Family& family) { return family.spec == &spec; });
  return found != families_.end() ? *found : families_.emplace_back(Family{&spec, {}, {}});
}

void SampleSink::Write(const FamilySpec& spec, std::span<const std::string_view> label_values,
                       double value) {
  HAKEM_CHECK(label_values.size() == spec.labels.size());
  Family& family = FamilyFor(spec);
  key_.clear();
  for (const std::string_view label_value : label_values) {
    key_.append(label_value).push_back('\xFF');
  }
  auto found = family.slots.find(key_);
  if (found == family.slots.end()) {
    found = family.slots.emplace(key_, Slot{}).first;
    found->second.series =
        std::make_shared<const Series>(MakeLabels(spec, label_values, constant_labels_));
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
  return taken;
}

}  // namespace hakem::collectors
