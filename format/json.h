#pragma once

#include <string>
#include <string_view>

namespace hakem {

// Pieces of JSON, written straight into the answer: a matrix of a million points is not built as a
// tree of objects first.

/// Appends `"…"`. Bytes that are no UTF-8 become U+FFFD, so that the answer is JSON always.
void AppendJsonString(std::string& json, std::string_view text);

/// Appends `["a","b"]`, or `[]`.
template <typename Texts>
void AppendJsonStrings(std::string& json, const Texts& texts) {
  json += '[';
  for (bool first = true; const auto& text : texts) {
    json += first ? "" : ",";
    AppendJsonString(json, text);
    first = false;
  }
  json += ']';
}

/// Appends a sample's value as the string that it is in Prometheus' API: the shortest digits that
/// read back as the same number, with an exponent below 1e-6 and from 1e21: `"0.1"`, `"1e-07"`,
/// `"+Inf"`.
void AppendSampleValue(std::string& json, double value);

/// Appends a number as JSON has it. Requires: it is finite.
void AppendJsonNumber(std::string& json, double value);

}  // namespace hakem
