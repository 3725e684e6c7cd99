#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "collectors/game/counting/record_codec.h"

namespace hakem::collectors {

/// How many of what happened, by name.
using Tally = std::map<std::string, std::uint64_t, std::less<>>;

std::uint64_t Sum(const Tally& tally);

void WriteTally(const Tally& tally, FieldWriter& fields);

/// Empty where the fields do not fit.
Tally ReadTally(FieldReader& fields);

}  // namespace hakem::collectors
