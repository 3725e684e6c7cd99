#pragma once

#include <string>
#include <string_view>

namespace hakem {

// Pieces of JSON, appended to the text of an answer. Large answers are written by these alone,
// without a tree of objects; JsonWriter adds brackets and commas.

/// Appends `"…"`. Bytes that are not UTF-8 become U+FFFD, so that the result is always valid JSON.
void AppendJsonString(std::string& json, std::string_view text);

/// Appends a sample's value as Prometheus' API writes it, a string in NumberForm::kJson: `"0.1"`,
/// `"1e-07"`, `"+Inf"`.
void AppendSampleValue(std::string& json, double value);

/// Appends a number in NumberForm::kJson. Requires: it is finite.
void AppendJsonNumber(std::string& json, double value);

}  // namespace hakem
