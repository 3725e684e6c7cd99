#include "gotemplate/functions/builtins.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "format/url.h"
#include "gotemplate/functions/comparison.h"
#include "gotemplate/functions/escaping.h"
#include "gotemplate/printing/print.h"
#include "gotemplate/printing/printf.h"

namespace hakem::gotemplate {
namespace {

using Arguments = std::span<const Value>;

tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorCode::kInvalidInput, std::move(message));
}

Result<Value> Not(CallContext& /*context*/, Arguments arguments) {
  return Value::OfBool(!arguments[0].IsTrue());
}

Result<Value> Equal(CallContext& /*context*/, Arguments arguments) {
  if (arguments.size() == 1) {
    return Invalid("missing argument for comparison");
  }
  for (const Value& other : arguments.subspan(1)) {
    const Result<bool> equal = AreEqual(arguments[0], other);
    if (!equal || *equal) {
      return equal.transform(Value::OfBool);
    }
  }
  return Value::OfBool(false);
}

Result<Value> NotEqual(CallContext& /*context*/, Arguments arguments) {
  return AreEqual(arguments[0], arguments[1]).transform([](bool equal) {
    return Value::OfBool(!equal);
  });
}

Result<Value> Less(CallContext& /*context*/, Arguments arguments) {
  return IsLess(arguments[0], arguments[1]).transform(Value::OfBool);
}

Result<bool> IsLessOrEqual(const Value& a, const Value& b) {
  const Result<bool> less = IsLess(a, b);
  return !less || *less ? less : AreEqual(a, b);
}

Result<Value> LessOrEqual(CallContext& /*context*/, Arguments arguments) {
  return IsLessOrEqual(arguments[0], arguments[1]).transform(Value::OfBool);
}

Result<Value> Greater(CallContext& /*context*/, Arguments arguments) {
  return IsLessOrEqual(arguments[0], arguments[1]).transform([](bool less_or_equal) {
    return Value::OfBool(!less_or_equal);
  });
}

Result<Value> GreaterOrEqual(CallContext& /*context*/, Arguments arguments) {
  return IsLess(arguments[0], arguments[1]).transform([](bool less) {
    return Value::OfBool(!less);
  });
}

/// Reads an index into a list or text with so many elements; `size` itself is allowed.
Result<std::size_t> ReadIndex(const Value& index, std::size_t size) {
  if (!index.has_value()) {
    return Invalid("cannot index slice/array with nil");
  }
  if (index.kind() != Kind::kInt && index.kind() != Kind::kUint) {
    return Invalid(fmt::format("cannot index slice/array with type {}", index.type_name()));
  }
  if (index.integer() < 0 || static_cast<std::uint64_t>(index.integer()) > size) {
    return Invalid(fmt::format("index out of range: {}", index.integer()));
  }
  return static_cast<std::size_t>(index.integer());
}

Result<Value> Element(const Value& item, const Value& index) {
  const bool is_text = item.kind() == Kind::kString;
  const std::size_t size = is_text ? item.text().size() : item.list().size();
  const Result<std::size_t> place = ReadIndex(index, size);
  if (!place) {
    return Fail(place.error());
  }
  if (*place == size) {
    return Invalid(is_text ? "reflect: string index out of range"
                           : "reflect: slice index out of range");
  }
  return is_text ? Value::OfInt(static_cast<unsigned char>(item.text()[*place]), kByteType)
                 : item.list()[*place];
}

Result<Value> EntryOf(const Value& map, const Value& key) {
  if (!key.has_value()) {
    return Invalid("value is nil; should be of type string");
  }
  if (key.type() != &kStringType) {
    return Invalid(fmt::format("value has type {}; should be string", key.type_name()));
  }
  const Value* entry = map.Find(key.text());
  return entry == nullptr ? Value::ZeroOf(map.type()->element) : *entry;
}

Result<Value> Index(CallContext& context, Arguments arguments) {
  Value item = arguments[0];
  if (!item.has_value()) {
    return Invalid("index of untyped nil");
  }
  for (const Value& index : arguments.subspan(1)) {
    context.budget.Spend(1);
    if (!item.has_value()) {
      return Invalid("index of nil pointer");
    }
    item = item.kind() == Kind::kPointer ? item.Indirect() : item;
    const bool has_elements = item.kind() == Kind::kSlice || item.kind() == Kind::kString;
    if (!has_elements && item.kind() != Kind::kMap) {
      return Invalid(fmt::format("can't index item of type {}", item.type_name()));
    }
    Result<Value> element = has_elements ? Element(item, index) : EntryOf(item, index);
    if (!element) {
      return element;
    }
    item = *std::move(element);
  }
  return item;
}

/// The part of a list or text between two places.
Value Part(const Value& item, std::size_t begin, std::size_t end) {
  if (item.kind() == Kind::kString) {
    return Value::OfText(std::string(item.text().substr(begin, end - begin)), *item.type());
  }
  const std::span<const Value> part = item.list().subspan(begin, end - begin);
  return Value::OfList({part.begin(), part.end()}, *item.type());
}

Result<Value> Slice(CallContext& context, Arguments arguments) {
  const Value& item = arguments[0];
  const Arguments indexes = arguments.subspan(1);
  const bool is_text = item.kind() == Kind::kString;
  if (!item.has_value()) {
    return Invalid("slice of untyped nil");
  }
  if (indexes.size() > 3) {
    return Invalid(fmt::format("too many slice indexes: {}", indexes.size()));
  }
  if (!is_text && item.kind() != Kind::kSlice) {
    return Invalid(fmt::format("can't slice item of type {}", item.type_name()));
  }
  if (is_text && indexes.size() == 3) {
    return Invalid("cannot 3-index slice a string");
  }
  const std::size_t size = is_text ? item.text().size() : item.list().size();
  std::array<std::size_t, 3> places{0, size, size};
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const Result<std::size_t> place = ReadIndex(indexes[i], size);
    if (!place) {
      return Fail(place.error());
    }
    places.at(i) = *place;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (places.at(i) > places.at(i + 1)) {
      return Invalid(fmt::format("invalid slice index: {} > {}", places.at(i), places.at(i + 1)));
    }
  }
  context.budget.Spend(is_text ? 1 : size);
  return Part(item, places[0], places[1]);
}

Result<Value> Length(CallContext& /*context*/, Arguments arguments) {
  if (!arguments[0].has_value()) {  // The words of Go's panic.
    return Invalid("reflect: call of reflect.Value.Type on zero Value");
  }
  const Value item = arguments[0].kind() == Kind::kPointer && !arguments[0].is_nil()
                         ? arguments[0].Indirect()
                         : arguments[0];
  switch (item.kind()) {
    case Kind::kString:
      return Value::OfInt(static_cast<std::int64_t>(item.text().size()));
    case Kind::kSlice:
      return Value::OfInt(static_cast<std::int64_t>(item.list().size()));
    case Kind::kMap:
      return Value::OfInt(static_cast<std::int64_t>(item.entries().size()));
    case Kind::kPointer:
      return Invalid("len of nil pointer");
    default:
      return Invalid(fmt::format("len of type {}", item.type_name()));
  }
}

Result<Value> PrintAll(CallContext& /*context*/, Arguments arguments) {
  return Value::OfText(Print(arguments));
}

Result<Value> PrintAllInLine(CallContext& /*context*/, Arguments arguments) {
  return Value::OfText(PrintLine(arguments));
}

Result<Value> PrintFormatted(CallContext& /*context*/, Arguments arguments) {
  return Value::OfText(FormatText(arguments[0].text(), arguments.subspan(1)));
}

/// Prints the arguments as an action would, and escapes the text.
template <std::string (*kEscape)(std::string_view)>
Result<Value> Escaped(CallContext& /*context*/, Arguments arguments) {
  std::vector<Value> printable;
  for (const Value& argument : arguments) {
    printable.push_back(!argument.has_value() ? Value::OfText("<no value>")
                        : argument.is_nil()   ? argument
                                              : argument.Indirect());
  }
  return Value::OfText(kEscape(Print(printable)));
}

constexpr const Type* kAny[] = {nullptr};
constexpr const Type* kTwoAny[] = {nullptr, nullptr};
constexpr const Type* kFormatAndAny[] = {&kStringType, nullptr};

constexpr Function kBuiltins[] = {
    {"and", kTwoAny, true, nullptr, Function::Form::kAnd},
    {"call", kTwoAny, true, nullptr, Function::Form::kCall},
    {"eq", kTwoAny, true, Equal},
    {"ge", kTwoAny, false, GreaterOrEqual},
    {"gt", kTwoAny, false, Greater},
    {"html", kAny, true, Escaped<EscapeForHtml>},
    {"index", kTwoAny, true, Index},
    {"js", kAny, true, Escaped<EscapeForJavaScript>},
    {"le", kTwoAny, false, LessOrEqual},
    {"len", kAny, false, Length},
    {"lt", kTwoAny, false, Less},
    {"ne", kTwoAny, false, NotEqual},
    {"not", kAny, false, Not},
    {"or", kTwoAny, true, nullptr, Function::Form::kOr},
    {"print", kAny, true, PrintAll},
    {"printf", kFormatAndAny, true, PrintFormatted},
    {"println", kAny, true, PrintAllInLine},
    {"slice", kTwoAny, true, Slice},
    {"urlquery", kAny, true, Escaped<EscapeUrlQuery>},
};

}  // namespace

std::span<const Function> Builtins() {
  return kBuiltins;
}

}  // namespace hakem::gotemplate
