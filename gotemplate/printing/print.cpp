#include "gotemplate/printing/print.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <utility>

#include "format/quote.h"

namespace hakem::gotemplate {
namespace {

/// Writes one value; lists, maps and structs element by element. The depth of values is limited,
/// and so is the recursion.
class ValuePrinter {
 public:
  ValuePrinter(FieldWriter& writer, char32_t verb) : writer_(writer), verb_(verb) {}

  void Print(const Value& value, int depth = 0) {
    if (!value.has_value()) {
      return PrintNothing(depth);
    }
    if (PrintByMethod(value)) {
      return;
    }
    switch (value.kind()) {
      case Kind::kBool:
        return PrintBool(value);
      case Kind::kInt:
      case Kind::kUint:
        return PrintInteger(value);
      case Kind::kFloat:
        return PrintFloat(value, value.real());
      case Kind::kComplex:
        return PrintComplex(value);
      case Kind::kString:
        return PrintText(value);
      case Kind::kPointer:
        return PrintPointer(value, depth);
      case Kind::kFunction:
        return BadVerb(value);
      default:
        return IsTime(value) ? PrintTime(value) : PrintItems(value, depth);
    }
  }

 private:
  /// Writes the text that the value's String method returns, if the verb is one for texts.
  bool PrintByMethod(const Value& value) {
    const Type& type = value.kind() == Kind::kPointer ? *value.type()->element : *value.type();
    const bool is_for_text =
        verb_ == 'v' || verb_ == 's' || verb_ == 'x' || verb_ == 'X' || verb_ == 'q';
    if (type.to_string == nullptr || writer_.flags.sharp_v || !is_for_text || value.is_nil()) {
      return false;
    }
    PrintText(Value::OfText(type.to_string(value.As(type))));
    return true;
  }

  static bool IsTime(const Value& value) {
    return value.kind() == Kind::kStruct && value.type()->to_string != nullptr;
  }

  /// A time by `%#v` or by a verb that is not for texts.
  void PrintTime(const Value& value) {
    if (verb_ != 'v') {
      return BadVerb(value);
    }
    writer_.Raw(value.type()->to_string(value));
  }

  void PrintNothing(int depth) {
    if (verb_ != 'v') {
      writer_.Raw(fmt::format("%!{}(<nil>)", VerbText()));
    } else if (depth > 0 && writer_.flags.sharp_v) {
      writer_.Raw("interface {}(nil)");
    } else {
      writer_.Pad("<nil>");
    }
  }

  void PrintBool(const Value& value) {
    if (verb_ != 'v' && verb_ != 't') {
      return BadVerb(value);
    }
    writer_.Pad(value.boolean() ? "true" : "false");
  }

  void PrintInteger(const Value& value) {
    const std::int64_t number = value.integer();
    const bool negative = number < 0;
    const std::uint64_t bits = static_cast<std::uint64_t>(number);
    const std::uint64_t size = negative ? 0 - bits : bits;
    switch (verb_) {
      case 'v':
        if (writer_.flags.sharp_v && value.kind() == Kind::kUint) {
          return PrintAsHexadecimal(size);
        }
        return writer_.Integer(size, negative, {.base = 10});
      case 'd':
        return writer_.Integer(size, negative, {.base = 10});
      case 'b':
        return writer_.Integer(size, negative, {.base = 2});
      case 'o':
        return writer_.Integer(size, negative, {.base = 8});
      case 'O':
        return writer_.Integer(size, negative, {.base = 8, .octal_prefix = true});
      case 'x':
        return writer_.Integer(size, negative, {.base = 16});
      case 'X':
        return writer_.Integer(size, negative, {.base = 16, .letters = LetterCase::kUpper});
      case 'c':
        return writer_.Character(bits);
      case 'q':
        return writer_.QuotedCharacter(bits);
      case 'U':
        return writer_.Unicode(bits);
      default:
        BadVerb(value);
    }
  }

  void PrintAsHexadecimal(std::uint64_t size) {
    const bool sharp = std::exchange(writer_.flags.sharp, true);
    writer_.Integer(size, false, {.base = 16});
    writer_.flags.sharp = sharp;
  }

  void PrintFloat(const Value& value, double number) {
    switch (verb_) {
      case 'v':
        return writer_.Float(number, 'g', -1);
      case 'e':
      case 'E':
      case 'f':
        return writer_.Float(number, static_cast<char>(verb_), 6);
      case 'F':
        return writer_.Float(number, 'f', 6);
      case 'b':
      case 'g':
      case 'G':
      case 'x':
      case 'X':
        return writer_.Float(number, static_cast<char>(verb_), -1);
      default:
        BadVerb(value);
    }
  }

  void PrintComplex(const Value& value) {
    constexpr std::u32string_view kVerbs = U"vbgGxXfFeE";
    if (kVerbs.find(verb_) == kVerbs.npos) {
      return BadVerb(value);
    }
    const bool plus = writer_.flags.plus;
    writer_.Raw("(");
    PrintFloat(value, value.complex().real());
    writer_.flags.plus = true;  // The imaginary part always has a sign.
    PrintFloat(value, value.complex().imag());
    writer_.Raw("i)");
    writer_.flags.plus = plus;
  }

  void PrintText(const Value& value) {
    switch (verb_) {
      case 'v':
        return writer_.flags.sharp_v ? writer_.Quoted(value.text()) : writer_.String(value.text());
      case 's':
        return writer_.String(value.text());
      case 'x':
        return writer_.HexString(value.text(), LetterCase::kLower);
      case 'X':
        return writer_.HexString(value.text(), LetterCase::kUpper);
      case 'q':
        return writer_.Quoted(value.text());
      default:
        BadVerb(value);
    }
  }

  void PrintPointer(const Value& value, int depth) {
    if (value.is_nil()) {
      return writer_.flags.sharp_v ? writer_.Raw(fmt::format("({})(nil)", value.type_name()))
             : verb_ == 'v'        ? writer_.Pad("<nil>")
                                   : BadVerb(value);
    }
    const Value target = value.Indirect();
    if (target.kind() != Kind::kStruct) {
      return Print(target, depth);
    }
    writer_.Raw("&");
    Print(target, depth + 1);
  }

  void PrintItems(const Value& value, int depth) {
    const bool is_map = value.kind() == Kind::kMap;
    const bool in_go = writer_.flags.sharp_v;
    if (in_go && value.is_nil()) {
      return writer_.Raw(fmt::format("{}(nil)", value.type_name()));
    }
    const bool is_list = value.kind() == Kind::kSlice;
    writer_.Raw(in_go     ? fmt::format("{}{{", value.type_name())
                : is_map  ? "map["
                : is_list ? "["
                          : "{");
    bool is_first = true;
    for (const Value& item : value.list()) {
      writer_.Raw(std::exchange(is_first, false) ? "" : Separator());
      Print(item, depth + 1);
    }
    for (const auto& [name, item] : value.entries()) {
      writer_.Raw(std::exchange(is_first, false) ? "" : Separator());
      PrintName(name, is_map);
      Print(item, depth + 1);
    }
    writer_.Raw(in_go || !(is_map || is_list) ? "}" : "]");
  }

  std::string_view Separator() const { return writer_.flags.sharp_v ? ", " : " "; }

  /// The key of a map's entry, or the name of a struct's field if the flags ask for it.
  void PrintName(const std::string& name, bool is_map) {
    if (is_map) {
      PrintText(Value::OfText(name));
      writer_.Raw(":");
    } else if (writer_.flags.plus_v || writer_.flags.sharp_v) {
      writer_.Raw(name + ":");
    }
  }

  void BadVerb(const Value& value) {
    const std::string verb = VerbText();
    const char32_t before = std::exchange(verb_, U'v');
    writer_.Raw(fmt::format("%!{}({}=", verb, value.type_name()));
    if (value.kind() == Kind::kFunction) {
      writer_.Raw(value.function().name);
    } else {
      Print(value);
    }
    writer_.Raw(")");
    verb_ = before;
  }

  std::string VerbText() const {
    std::string text;
    AppendRune(text, verb_);
    return text;
  }

  FieldWriter& writer_;
  char32_t verb_;
};

}  // namespace

void PrintValue(FieldWriter& writer, const Value& value, char32_t verb) {
  if (verb == 'T') {
    return writer.String(value.type_name());
  }
  ValuePrinter(writer, verb).Print(value);
}

void PrintResult(LimitedText& out, const Value& value) {
  FieldWriter writer(out);
  if (!value.has_value()) {
    return writer.Raw("<no value>");
  }
  PrintValue(writer, value.is_nil() ? value : value.Indirect(), 'v');
}

std::string Print(std::span<const Value> values) {
  LimitedText out;
  FieldWriter writer(out);
  bool after_text = true;
  for (const Value& value : values) {
    const bool is_text = value.kind() == Kind::kString;
    writer.Raw(after_text || is_text ? "" : " ");
    PrintValue(writer, value, 'v');
    after_text = is_text;
  }
  return out.Take();
}

std::string PrintLine(std::span<const Value> values) {
  LimitedText out;
  FieldWriter writer(out);
  for (std::size_t i = 0; i < values.size(); ++i) {
    writer.Raw(i == 0 ? "" : " ");
    PrintValue(writer, values[i], 'v');
  }
  writer.Raw("\n");
  return out.Take();
}

std::string PrintText(const Value& value) {
  return Print({&value, 1});
}

}  // namespace hakem::gotemplate
