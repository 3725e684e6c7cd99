#pragma once

#include <complex>
#include <cstdint>
#include <string>
#include <string_view>

#include "gotemplate/syntax/token.h"
#include "model/result.h"

namespace hakem::gotemplate {

/// A number of a template in all types that can represent it, like a constant of Go.
struct Number {
  std::string text;  ///< As it is written.
  bool is_int = false;
  bool is_unsigned = false;  ///< It fits into 64 bits without sign, but maybe not into `integer`.
  bool is_float = false;
  bool is_complex = false;        ///< It is written with an imaginary part.
  bool looks_like_float = false;  ///< It is written with a point or an exponent.
  std::int64_t integer = 0;
  double real = 0;
  std::complex<double> complex = {};
};

/// Reads a kNumber, kComplex or kCharacter. Errors: kInvalidInput with the message of Go's parser.
Result<Number> ReadNumber(const Token& token);

}  // namespace hakem::gotemplate
