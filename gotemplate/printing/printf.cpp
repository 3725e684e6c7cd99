#include "gotemplate/printing/printf.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "format/quote.h"
#include "gotemplate/printing/print.h"

namespace hakem::gotemplate {
namespace {

/// The largest width, precision or argument index that Go accepts.
constexpr int kMaxNumber = 1'000'000;

class Formatter {
 public:
  Formatter(std::string_view format, std::span<const Value> arguments)
      : rest_(format), arguments_(arguments) {}

  std::string Run() {
    while (!rest_.empty()) {
      const std::size_t percent = std::min(rest_.find('%'), rest_.size());
      writer_.Raw(rest_.substr(0, percent));
      rest_.remove_prefix(percent);
      if (!rest_.empty()) {
        rest_.remove_prefix(1);
        RunVerb();
      }
    }
    PrintExtraArguments();
    return out_.Take();
  }

 private:
  void RunVerb() {
    writer_.flags = {};
    good_index_ = true;
    after_index_ = false;
    TakeFlags();
    TakeIndex();
    TakeWidth();
    TakePrecision();
    if (!after_index_) {
      TakeIndex();
    }
    if (rest_.empty()) {
      return writer_.Raw("%!(NOVERB)");
    }
    const DecodedRune verb = DecodeRune(rest_);
    const std::string_view text = rest_.substr(0, verb.size);
    rest_.remove_prefix(verb.size);
    PrintVerb(verb.rune, text);
  }

  void PrintVerb(char32_t verb, std::string_view text) {
    if (verb == '%') {
      return writer_.Raw("%");
    }
    if (!good_index_) {
      return writer_.Raw(fmt::format("%!{}(BADINDEX)", text));
    }
    if (next_ >= arguments_.size()) {
      return writer_.Raw(fmt::format("%!{}(MISSING)", text));
    }
    if (verb == 'v') {
      writer_.flags.sharp_v = std::exchange(writer_.flags.sharp, false);
      writer_.flags.plus_v = std::exchange(writer_.flags.plus, false);
    }
    PrintValue(writer_, arguments_[next_++], verb);
  }

  void TakeFlags() {
    for (; !rest_.empty(); rest_.remove_prefix(1)) {
      Flags& flags = writer_.flags;
      switch (rest_[0]) {
        case '#':
          flags.sharp = true;
          break;
        case '0':
          flags.zero = true;
          break;
        case '+':
          flags.plus = true;
          break;
        case '-':
          flags.minus = true;
          break;
        case ' ':
          flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  /// Takes an explicit argument index such as `[2]`.
  void TakeIndex() {
    if (!rest_.starts_with('[')) {
      return;
    }
    reordered_ = true;
    after_index_ = true;
    const std::size_t close = can_close_ ? rest_.find(']') : rest_.npos;
    if (close == rest_.npos) {
      can_close_ = false;
      good_index_ = false;
      rest_.remove_prefix(1);
      return;
    }
    std::string_view inside = rest_.substr(1, close - 1);
    rest_.remove_prefix(close + 1);
    const std::optional<int> index = TakeNumber(inside);
    if (!index || !inside.empty() || *index < 1 || *index > static_cast<int>(arguments_.size())) {
      good_index_ = false;
      return;
    }
    next_ = static_cast<std::size_t>(*index - 1);
  }

  void TakeWidth() {
    if (rest_.starts_with('*')) {
      rest_.remove_prefix(1);
      writer_.flags.width = TakeArgument();
      if (!writer_.flags.width) {
        writer_.Raw("%!(BADWIDTH)");
      } else if (*writer_.flags.width < 0) {
        writer_.flags.width = -*writer_.flags.width;
        writer_.flags.minus = true;
        writer_.flags.zero = false;
      }
      after_index_ = false;
      return;
    }
    writer_.flags.width = TakeNumber(rest_);
    if (after_index_ && writer_.flags.width) {  // `%[3]2d`
      good_index_ = false;
    }
  }

  void TakePrecision() {
    if (!rest_.starts_with('.')) {
      return;
    }
    rest_.remove_prefix(1);
    if (after_index_) {  // `%[3].2d`
      good_index_ = false;
    }
    TakeIndex();
    if (!rest_.starts_with('*')) {
      writer_.flags.precision = TakeNumber(rest_).value_or(0);
      return;
    }
    rest_.remove_prefix(1);
    writer_.flags.precision = TakeArgument();
    if (writer_.flags.precision && *writer_.flags.precision < 0) {
      writer_.flags.precision.reset();
      writer_.Raw("%!(BADPREC)");
    } else if (!writer_.flags.precision) {
      writer_.Raw("%!(BADPREC)");
    }
    after_index_ = false;
  }

  /// Takes the next argument as a width or precision; nothing if it is no suitable integer.
  std::optional<int> TakeArgument() {
    if (next_ >= arguments_.size()) {
      return std::nullopt;
    }
    const Value& argument = arguments_[next_++];
    const bool is_integer = argument.kind() == Kind::kInt || argument.kind() == Kind::kUint;
    if (!is_integer || argument.integer() > kMaxNumber || argument.integer() < -kMaxNumber) {
      return std::nullopt;
    }
    return static_cast<int>(argument.integer());
  }

  /// Takes digits; nothing if there are none, or if the number is too large.
  static std::optional<int> TakeNumber(std::string_view& text) {
    std::optional<int> number;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
      if (number.value_or(0) > kMaxNumber) {
        return std::nullopt;
      }
      number = number.value_or(0) * 10 + (text[0] - '0');
      text.remove_prefix(1);
    }
    return number;
  }

  /// Reports the arguments that no verb used, unless indexes chose them.
  void PrintExtraArguments() {
    if (reordered_ || next_ >= arguments_.size()) {
      return;
    }
    writer_.flags = {};
    writer_.Raw("%!(EXTRA ");
    for (std::size_t i = next_; i < arguments_.size(); ++i) {
      writer_.Raw(i == next_ ? "" : ", ");
      writer_.Raw(arguments_[i].type_name());
      if (arguments_[i].has_value()) {
        writer_.Raw("=");
        PrintValue(writer_, arguments_[i], 'v');
      }
    }
    writer_.Raw(")");
  }

  std::string_view rest_;
  const std::span<const Value> arguments_;
  std::size_t next_ = 0;  ///< The argument that the next verb uses.
  LimitedText out_;
  FieldWriter writer_{out_};
  bool reordered_ = false;    ///< An index occurred anywhere.
  bool after_index_ = false;  ///< The last thing taken was an index.
  bool good_index_ = true;
  bool can_close_ = true;  ///< False when no `]` follows: the rest is searched only once.
};

}  // namespace

std::string FormatText(std::string_view format, std::span<const Value> arguments) {
  return Formatter(format, arguments).Run();
}

}  // namespace hakem::gotemplate
