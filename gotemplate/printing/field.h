#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gotemplate/limits/budget.h"

namespace hakem::gotemplate {

/// The flags of a verb of Go's printf: `%+-8.3f`.
struct Flags {
  bool plus = false;
  bool minus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  bool plus_v = false;   ///< `%+v`: structs with the names of their fields.
  bool sharp_v = false;  ///< `%#v`: in the syntax of Go.
  std::optional<int> width;
  std::optional<int> precision;
};

/// Whether the digits beyond 9 are `a` or `A`.
enum class LetterCase { kLower, kUpper };

/// Writes single values as Go's fmt does: with sign, precision and width. Widths count characters.
/// All functions throw LimitExceeded.
class FieldWriter {
 public:
  explicit FieldWriter(LimitedText& out) : out_(out) {}

  Flags flags;

  void Raw(std::string_view text) { out_.Append(text); }

  /// Writes the text, padded to the width.
  void Pad(std::string_view text);

  /// Writes at most `precision` characters of the text.
  void String(std::string_view text);

  /// Writes the text quoted, or in backquotes if `sharp` is set and that is possible.
  void Quoted(std::string_view text);

  /// Writes the bytes of the text in hexadecimal.
  void HexString(std::string_view text, LetterCase letters);

  /// How an integer is written.
  struct IntegerForm {
    unsigned base = 10;
    bool octal_prefix = false;  ///< The verb O: `0o17`.
    LetterCase letters = LetterCase::kLower;
  };

  void Integer(std::uint64_t size, bool negative, IntegerForm form);

  /// Writes the character with that number, or U+FFFD.
  void Character(std::uint64_t rune);
  void QuotedCharacter(std::uint64_t rune);

  /// Writes `U+0041`, and with `sharp` the character too.
  void Unicode(std::uint64_t rune);

  /// `precision`: used unless the flags have one; negative means as many digits as needed.
  void Float(double value, char verb, int precision);

 private:
  LimitedText& out_;
};

}  // namespace hakem::gotemplate
