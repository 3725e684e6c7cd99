#pragma once

#include <cstddef>

// What a template may cost. The limits are far beyond what people write, and small enough that a
// hostile template costs about a second and less than 256 MB.
namespace hakem::gotemplate {

/// The longest text of a template, in bytes.
inline constexpr std::size_t kMaxSourceBytes = 1U << 20U;

/// The most texts, actions and operands of a template: it bounds the memory of the syntax tree.
inline constexpr std::size_t kMaxNodes = 100'000;

/// The most variables that are visible at one place of a template.
inline constexpr std::size_t kMaxVariables = 1000;

/// How deeply parentheses and `if`, `with`, `range`, `define` and `block` may be nested, together.
inline constexpr int kMaxNesting = 100;

/// How deeply an expansion may be nested: templates that call templates, with what is nested in
/// each of them. It bounds the stack: see docs/decisions/016.
inline constexpr int kMaxExecutionDepth = 1000;

/// How deeply lists and maps that a template builds may be nested.
inline constexpr int kMaxValueDepth = 100;

/// The most steps of an expansion. A step is an evaluated operand, a round of a loop, or
/// kBytesPerStep bytes that a function reads or writes, once for each step of a regular expression.
inline constexpr std::size_t kMaxSteps = 1'000'000;
inline constexpr std::size_t kBytesPerStep = 64;

/// What a query costs in steps, so that an expansion makes at most 100.
inline constexpr std::size_t kStepsPerQuery = 10'000;

/// The longest text that an expansion or one of its functions may return, in bytes.
inline constexpr std::size_t kMaxTextBytes = 1U << 20U;

/// The longest regular expression, in bytes.
inline constexpr std::size_t kMaxRegexBytes = 4096;

/// What compiling a regular expression costs in steps, and how many of its own steps cost one more.
inline constexpr std::size_t kStepsPerRegex = 2000;
inline constexpr std::size_t kRegexStepsPerStep = 2;

/// What a byte costs that `toUpper` and `toLower` read, in bytes that are only copied.
inline constexpr std::size_t kCaseByteCost = 4;

/// What a byte costs that `title` reads, in bytes that are only copied: a character that is not
/// ASCII is looked up in several of Unicode's categories.
inline constexpr std::size_t kTitleByteCost = 64;

/// The most bytes that one reReplaceAll may read, counting a byte again for each match before it.
inline constexpr std::size_t kMaxReplaceWork = 8U << 20U;

}  // namespace hakem::gotemplate
