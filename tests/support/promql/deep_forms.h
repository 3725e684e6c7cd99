#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hakem {

/// A way to nest expressions: `open` n times, an innermost expression, `close` n times.
struct DeepForm {
  std::string open;
  std::string core;
  std::string close;

  std::string Nested(std::size_t times) const;

  /// The largest n that the parser accepts with all features enabled.
  std::size_t Deepest() const;
};

/// The forms written by hand: each construct of the language that contains another expression,
/// over series named `a` with a label `i`.
const std::vector<DeepForm>& DeepForms();

/// A random combination of several forms; the same for the same seed on every machine.
DeepForm RandomDeepForm(std::uint64_t seed);

}  // namespace hakem
