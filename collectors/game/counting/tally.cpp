#include "collectors/game/counting/tally.h"

namespace hakem::collectors {

std::uint64_t Sum(const Tally& tally) {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : tally) {
    sum += count;
  }
  return sum;
}

void WriteTally(const Tally& tally, FieldWriter& fields) {
  fields.Count(tally.size());
  for (const auto& [name, count] : tally) {
    fields.Text(name);
    fields.Count(count);
  }
}

Tally ReadTally(FieldReader& fields) {
  Tally tally;
  for (std::size_t left = fields.Size(); left > 0 && fields.ok(); --left) {
    std::string name = fields.Text();
    tally[std::move(name)] = fields.Count();
  }
  return tally;
}

}  // namespace hakem::collectors
