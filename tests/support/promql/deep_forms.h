#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hakem {

/// A way to nest expressions: `open` so many times, an innermost expression, `close` as many times.
struct DeepForm {
  std::string open;
  std::string core;
  std::string close;

  std::string Nested(std::size_t times) const;

  /// How often it nests in an expression that the parser still takes, all features enabled.
  std::size_t Deepest() const;
};

/// The forms written by hand: each construct of the language that holds another, over series named
/// `a` with a label `i`.
const std::vector<DeepForm>& DeepForms();

/// One made at random of several others, the same for the same seed on every machine.
DeepForm RandomDeepForm(std::uint64_t seed);

}  // namespace hakem
