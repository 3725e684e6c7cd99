#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "collectors/game/counting/record_codec.h"

namespace hakem::collectors {

/// Counts by name, such as moves by move type.
using Tally = std::map<std::string, std::uint64_t, std::less<>>;

/// Adds up the counts of all names.
std::uint64_t Sum(const Tally& tally);

/// Appends a tally to a record.
void WriteTally(const Tally& tally, FieldWriter& fields);

/// Reads what WriteTally wrote. Returns an empty tally and invalidates `fields` on a parse error.
Tally ReadTally(FieldReader& fields);

}  // namespace hakem::collectors
