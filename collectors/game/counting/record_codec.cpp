#include "collectors/game/counting/record_codec.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace hakem::collectors {

void FieldWriter::Count(std::uint64_t value) {
  fmt::format_to(std::back_inserter(text_), "{} ", value);
}

void FieldWriter::Real(double value) {
  fmt::format_to(std::back_inserter(text_), "{} ", value);
}

void FieldWriter::Text(std::string_view value) {
  fmt::format_to(std::back_inserter(text_), "{}:{} ", value.size(), value);
}

void FieldWriter::Instant(PgTimestamp value) {
  fmt::format_to(std::back_inserter(text_), "{} ", value.time_since_epoch().count());
}

/// Reads a number and the character `end` after it.
template <typename Number>
Number FieldReader::Parse(char end) {
  Number number{};
  const char* const last = rest_.data() + rest_.size();
  const auto [at, error] = std::from_chars(rest_.data(), last, number);
  if (!ok_ || error != std::errc{} || at == last || *at != end) {
    ok_ = false;
    return {};
  }
  rest_.remove_prefix(static_cast<std::size_t>(at - rest_.data()) + 1);
  return number;
}

std::uint64_t FieldReader::Count() {
  return Parse<std::uint64_t>(' ');
}

double FieldReader::Real() {
  return Parse<double>(' ');
}

std::string FieldReader::Text() {
  const auto size = Parse<std::size_t>(':');
  if (!ok_ || size >= rest_.size() || rest_[size] != ' ') {
    ok_ = false;
    return {};
  }
  std::string text(rest_.substr(0, size));
  rest_.remove_prefix(size + 1);
  return text;
}

PgTimestamp FieldReader::Instant() {
  return PgTimestamp(std::chrono::microseconds(Parse<std::int64_t>(' ')));
}

std::size_t FieldReader::Size() {
  const std::uint64_t size = Count();
  if (size > rest_.size()) {  // Each element takes at least one byte.
    ok_ = false;
  }
  return ok_ ? size : 0;
}

}  // namespace hakem::collectors
