#include "model/labels.h"

#include <xxhash.h>

#include <algorithm>

namespace hakem {
namespace {

constexpr char kSeparator = '\xFF';  // Never part of UTF-8 text.

std::uint64_t Hash(const std::vector<Label>& labels) {
  std::size_t size = 0;
  for (const Label& label : labels) {
    size += label.name.size() + label.value.size() + 2;
  }
  std::string bytes;
  bytes.reserve(size);
  for (const Label& label : labels) {
    bytes.append(label.name).push_back(kSeparator);
    bytes.append(label.value).push_back(kSeparator);
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

bool Contains(std::span<const std::string> names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsWord(std::string_view text, std::string_view extra) {
  const auto is_letter = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || extra.find(c) != extra.npos;
  };
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

Labels::Labels(std::initializer_list<Label> labels) : Labels(std::vector<Label>(labels)) {}

Labels::Labels(std::vector<Label> labels) {
  const auto by_name = [](const Label& a, const Label& b) { return a.name < b.name; };
  std::stable_sort(labels.begin(), labels.end(), by_name);
  std::vector<Label> unique;
  unique.reserve(labels.size());
  for (Label& label : labels) {
    if (!unique.empty() && unique.back().name == label.name) {
      unique.pop_back();
    }
    unique.push_back(std::move(label));
  }
  std::erase_if(unique, [](const Label& label) { return label.value.empty(); });
  *this = FromNormal(std::move(unique));
}

Labels Labels::FromNormal(std::vector<Label> labels) {
  Labels result;
  if (!labels.empty()) {
    const std::uint64_t hash = Hash(labels);
    result.set_ = std::make_shared<const Set>(Set{std::move(labels), hash});
  }
  return result;
}

/// What stays in order when some are left out; the same when none are.
template <typename Keep>
Labels Labels::Filtered(Keep keep) const {
  const auto kept = static_cast<std::size_t>(std::count_if(begin(), end(), keep));
  if (kept == size()) {
    return *this;
  }
  std::vector<Label> labels;
  labels.reserve(kept);
  std::copy_if(begin(), end(), std::back_inserter(labels), keep);
  return FromNormal(std::move(labels));
}

std::string_view Labels::Get(std::string_view name) const {
  const auto found = std::lower_bound(
      begin(), end(), name,
      [](const Label& label, std::string_view wanted) { return label.name < wanted; });
  return found != end() && found->name == name ? std::string_view(found->value)
                                               : std::string_view();
}

Labels Labels::With(std::string_view name, std::string_view value) const {
  std::vector<Label> labels;
  labels.reserve(size() + 1);
  const auto place =
      std::find_if(begin(), end(), [&](const Label& label) { return label.name >= name; });
  labels.insert(labels.end(), begin(), place);
  if (!value.empty()) {
    labels.push_back({std::string(name), std::string(value)});
  }
  labels.insert(labels.end(), place != end() && place->name == name ? place + 1 : place, end());
  return FromNormal(std::move(labels));
}

Labels Labels::Only(std::span<const std::string> names) const {
  return Filtered([&](const Label& label) { return Contains(names, label.name); });
}

Labels Labels::Without(std::span<const std::string> names) const {
  return Filtered([&](const Label& label) { return !Contains(names, label.name); });
}

std::string FormatSeries(const Labels& labels) {
  std::string text(labels.metric_name());
  std::string inner;
  for (const Label& label : labels) {
    if (label.name == kMetricNameLabel) {
      continue;
    }
    inner.append(inner.empty() ? "" : ", ").append(label.name).append("=\"");
    inner.append(EscapeLabelValue(label.value)).append("\"");
  }
  if (!inner.empty() || text.empty()) {
    text.append("{").append(inner).append("}");
  }
  return text;
}

std::string EscapeLabelValue(std::string_view value) {
  std::string escaped;
  escaped.reserve(value.size());
  for (const char c : value) {
    switch (c) {
      case '\\':
        escaped += "\\\\";
        break;
      case '"':
        escaped += "\\\"";
        break;
      case '\n':
        escaped += "\\n";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

bool IsValidLabelName(std::string_view name) {
  return IsWord(name, "_");
}

bool IsValidMetricName(std::string_view name) {
  return IsWord(name, "_:");
}

}  // namespace hakem
