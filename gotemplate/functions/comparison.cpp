#include "gotemplate/functions/comparison.h"

#include <fmt/format.h>

#include <array>

#include "gotemplate/printing/printf.h"

namespace hakem::gotemplate {
namespace {

bool IsBasic(Kind kind) {
  return kind >= Kind::kBool && kind <= Kind::kString;
}

/// Signed and unsigned integers can be compared.
Kind ComparisonKind(const Value& value) {
  return value.kind() == Kind::kUint ? Kind::kInt : value.kind();
}

tl::unexpected<Error> Incompatible(const Value& a, const Value& b) {
  return Fail(ErrorCode::kInvalidInput, fmt::format("incompatible types for comparison: {} and {}",
                                                    a.type_name(), b.type_name()));
}

bool AreEqualBasics(const Value& a, const Value& b) {
  switch (a.kind()) {
    case Kind::kBool:
      return a.boolean() == b.boolean();
    case Kind::kFloat:
      return a.real() == b.real();
    case Kind::kComplex:
      return a.complex() == b.complex();
    case Kind::kString:
      return a.text() == b.text();
    default:
      return a.integer() == b.integer();
  }
}

/// Compares values of which neither is a number, text or boolean: only with nil, or by identity.
Result<bool> AreEqualObjects(const Value& a, const Value& b) {
  if (a.kind() != b.kind() && a.has_value() && b.has_value()) {
    const std::array<Value, 2> values{a, b};
    return Fail(
        ErrorCode::kInvalidInput,
        fmt::format("non-comparable types {}: {}, {}: {}", FormatText("%s", {&values[0], 1}),
                    a.type_name(), b.type_name(), FormatText("%v", {&values[1], 1})));
  }
  if (a.is_nil() || b.is_nil()) {
    return a.is_nil() == b.is_nil();
  }
  if (a.kind() != Kind::kPointer) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("non-comparable type {}: {}",
                                                      FormatText("%s", {&b, 1}), b.type_name()));
  }
  return a.IsSameObject(b);
}

}  // namespace

Result<bool> AreEqual(const Value& a, const Value& b) {
  if (IsBasic(a.kind()) && ComparisonKind(a) == ComparisonKind(b)) {
    return AreEqualBasics(a, b);
  }
  if (!IsBasic(a.kind()) && !IsBasic(b.kind())) {
    return AreEqualObjects(a, b);
  }
  if (!a.has_value() || !b.has_value()) {
    return false;
  }
  return Incompatible(a, b);
}

Result<bool> IsLess(const Value& a, const Value& b) {
  const bool have_order = IsBasic(a.kind()) && IsBasic(b.kind());
  if (have_order && ComparisonKind(a) != ComparisonKind(b)) {
    return Incompatible(a, b);
  }
  if (!have_order || a.kind() == Kind::kBool || a.kind() == Kind::kComplex) {
    return Fail(ErrorCode::kInvalidInput, "invalid type for comparison");
  }
  switch (a.kind()) {
    case Kind::kFloat:
      return a.real() < b.real();
    case Kind::kString:
      return a.text() < b.text();
    default:
      return a.integer() < b.integer();
  }
}

}  // namespace hakem::gotemplate
