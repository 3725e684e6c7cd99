#pragma once

#include <cstdint>
#include <string_view>

#include "model/result.h"

namespace hakem::gotemplate {

/// Reads a number as Go's strconv.ParseFloat does: decimal, hexadecimal, with underscores, `inf`,
/// `nan`. Errors: kInvalidInput: `strconv.ParseFloat: parsing "x": invalid syntax`, or
/// `…: value out of range`.
Result<double> ParseGoFloat(std::string_view text);

/// Reads the digits of an integer with Go's base prefixes (0x, 0o, 0b, 0) and underscores.
/// Errors: kInvalidInput when the syntax is wrong, or when it does not fit.
Result<std::uint64_t> ParseGoUnsigned(std::string_view digits);

}  // namespace hakem::gotemplate
