#pragma once

#include <span>

#include "model/instruments.h"

namespace hakem::ruletools {

/// Instruments that nobody reads, for rules that are evaluated outside of a running Hakem.
class QuietInstruments final : public Instruments {
 public:
  void Add(const Instrument&, LabelValues, double) override {}

  void Set(const Instrument&, LabelValues, double) override {}

  void Observe(const Instrument&, LabelValues, std::span<const double>) override {}

  void Remove(const Instrument&, LabelValues) override {}
};

}  // namespace hakem::ruletools
