#pragma once

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "format/json.h"
#include "format/number.h"

namespace hakem {

/// Appends one JSON value to a string, piece by piece, with commas and indentation:
///
///   JsonWriter json(text);
///   json.Object([&] {
///     json.Member("up", true);
///     json.Key("databases").Array(names, [&](const auto& name) { json.Value(name); });
///   });
///
/// Numbers that are not finite become null. Bytes that are not UTF-8 become U+FFFD.
class JsonWriter {
 public:
  enum class Layout {
    kOneLine,
    kIndented,  ///< One member or element a line, two spaces for each level.
  };

  /// `json` must outlive the writer. `numbers` is the form of floating-point numbers.
  explicit JsonWriter(std::string& json, Layout layout = Layout::kOneLine,
                      NumberForm numbers = NumberForm::kJson)
      : json_(json), layout_(layout), numbers_(numbers) {}

  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;
  ~JsonWriter() = default;

  /// Writes the name of a member. Its value must follow.
  JsonWriter& Key(std::string_view key);

  /// Writes a text, a boolean, a number, nullptr, or an optional one of these (null when empty).
  template <typename T>
  void Value(const T& value) {
    if constexpr (requires { value.has_value(); }) {
      value.has_value() ? Value(*value) : Value(nullptr);
    } else if constexpr (std::same_as<T, std::nullptr_t>) {
      Raw() += "null";
    } else if constexpr (std::same_as<T, bool>) {
      Raw() += value ? "true" : "false";
    } else if constexpr (std::integral<T>) {
      const fmt::format_int digits(value);
      Raw().append(digits.data(), digits.size());
    } else if constexpr (std::floating_point<T>) {
      std::isfinite(value) ? AppendNumber(Raw(), value, numbers_) : Value(nullptr);
    } else {
      AppendJsonString(Raw(), value);
    }
  }

  template <typename T>
  void Member(std::string_view key, const T& value) {
    Key(key).Value(value);
  }

  /// Writes an object; `write` writes its members.
  template <std::invocable Write>
  void Object(Write write) {
    Open('{');
    write();
    Close('}');
  }

  /// Writes an array; `write` writes its elements.
  template <std::invocable Write>
  void Array(Write write) {
    Open('[');
    write();
    Close(']');
  }

  /// Writes an array; `write_one` is called with each element of the range and writes one value.
  template <typename Range, typename WriteOne>
  void Array(const Range& range, WriteOne write_one) {
    Array([&] {
      for (const auto& element : range) {
        write_one(element);
      }
    });
  }

  /// Begins a value that the caller appends to the returned string as finished JSON. In an object
  /// it may also be one or more members with their keys.
  std::string& Raw();

 private:
  void Separate();
  void BreakLine();
  void Open(char bracket);
  void Close(char bracket);

  std::string& json_;
  const Layout layout_;
  const NumberForm numbers_;
  int depth_ = 0;
  bool has_sibling_ = false;  ///< A comma is due before the next member or element.
  bool after_key_ = false;
};

}  // namespace hakem
