#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "promql/evaluation/functions/function_call.h"
#include "promql/evaluation/functions/functions.h"

namespace hakem::promql {
namespace {

enum class Order { kAscending, kDescending };

void WarnOfRange(FunctionCall& call) {
  if (call.steps().is_range()) {
    call.annotations().Warn(
        "sort is ineffective for range queries since results are always ordered by labels",
        call.position());
  }
}

/// Sorts by value. NaN comes last, in reverse order, as in Prometheus. Has no effect in a range
/// query, whose result is sorted by labels.
template <Order kOrder>
StepValue Sort(FunctionCall& call) {
  WarnOfRange(call);
  StepVector vector = call.Vector(0);
  if (call.steps().count > 1) {
    return vector;
  }
  const auto is_number = [](const StepSeries& s) { return !std::isnan(s.values.front()); };
  const auto first_nan = std::stable_partition(vector.begin(), vector.end(), is_number);
  std::reverse(first_nan, vector.end());
  std::stable_sort(vector.begin(), first_nan, [](const StepSeries& a, const StepSeries& b) {
    const double left = a.values.front();
    const double right = b.values.front();
    return kOrder == Order::kAscending ? left < right : left > right;
  });
  return vector;
}

/// Removes and returns the digits, or the other characters, at the beginning of a text.
std::string_view TakeChunk(std::string_view& text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t size = 1;
  while (size < text.size() && is_digit(text[size]) == is_digit(text.front())) {
    ++size;
  }
  const std::string_view chunk = text.substr(0, size);
  text.remove_prefix(size);
  return chunk;
}

std::optional<std::int64_t> ReadWhole(std::string_view chunk) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(chunk.data(), chunk.data() + chunk.size(), number);
  return error == std::errc{} && stop == chunk.data() + chunk.size() ? std::optional(number)
                                                                     : std::nullopt;
}

/// Natural order: "a2" before "a10".
std::strong_ordering CompareNaturally(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view left = TakeChunk(a);
    const std::string_view right = TakeChunk(b);
    const std::optional<std::int64_t> left_number = ReadWhole(left);
    const std::optional<std::int64_t> right_number = ReadWhole(right);
    const auto order =
        left_number && right_number ? *left_number <=> *right_number : left <=> right;
    if (order != 0) {
      return order;
    }
  }
  return a.size() <=> b.size();
}

/// Sorts by the values of the named labels, then by all labels.
template <Order kOrder>
StepValue SortByLabel(FunctionCall& call) {
  WarnOfRange(call);
  std::vector<std::string> names;
  for (std::size_t i = 1; i < call.size(); ++i) {
    names.push_back(call.Text(i));
  }
  StepVector vector = call.Vector(0);
  std::stable_sort(vector.begin(), vector.end(), [&](const StepSeries& a, const StepSeries& b) {
    const Labels& first = (kOrder == Order::kAscending ? a : b).labels;
    const Labels& second = (kOrder == Order::kAscending ? b : a).labels;
    for (const std::string& name : names) {
      if (const auto order = CompareNaturally(first.Get(name), second.Get(name)); order != 0) {
        return order < 0;
      }
    }
    return first < second;
  });
  return vector;
}

using enum ValueType;

constexpr FunctionSpec Row(std::string_view name, StepValue (*evaluate)(FunctionCall&)) {
  return {.name = name, .arguments = {kVector}, .result = kVector, .evaluate = evaluate};
}

constexpr FunctionSpec LabelRow(std::string_view name, StepValue (*evaluate)(FunctionCall&)) {
  return {.name = name,
          .arguments = {kVector, kString},
          .optional = FunctionSpec::kAnyNumber,
          .result = kVector,
          .evaluate = evaluate,
          .availability = Availability::kExperimental};
}

constexpr std::array kFunctions{
    Row("sort", Sort<Order::kAscending>),
    LabelRow("sort_by_label", SortByLabel<Order::kAscending>),
    LabelRow("sort_by_label_desc", SortByLabel<Order::kDescending>),
    Row("sort_desc", Sort<Order::kDescending>),
};

}  // namespace

const FunctionFamily kSortFunctions{kFunctions};

}  // namespace hakem::promql
