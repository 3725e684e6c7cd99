#include "model/labels.h"

#include <xxhash.h>

#include <algorithm>

namespace hakem {
namespace {

constexpr char kSeparator = '\xFF';  // Never part of UTF-8 text.

std::uint64_t Hash(std::span<const Label> labels) {
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
  auto normal = std::make_shared<Label[]>(unique.size());
  std::move(unique.begin(), unique.end(), normal.get());
  *this = Labels(std::move(normal), unique.size());
}

Labels::Labels(std::shared_ptr<Label[]> labels, std::size_t size) {
  if (size > 0) {
    hash_ = Hash({labels.get(), size});
    labels_ = std::move(labels);
    size_ = size;
  }
}

/// What stays in order when some are left out; the same when none are.
template <typename Keep>
Labels Labels::Filtered(Keep keep) const {
  const auto kept = static_cast<std::size_t>(std::count_if(begin(), end(), keep));
  if (kept == size()) {
    return *this;
  }
  auto labels = std::make_shared<Label[]>(kept);
  std::copy_if(begin(), end(), labels.get(), keep);
  return Labels(std::move(labels), kept);
}

std::string_view Labels::Get(std::string_view name) const {
  const auto found = std::lower_bound(
      begin(), end(), name,
      [](const Label& label, std::string_view wanted) { return label.name < wanted; });
  return found != end() && found->name == name ? std::string_view(found->value)
                                               : std::string_view();
}

Labels Labels::With(std::string_view name, std::string_view value) const {
  const auto place =
      std::find_if(begin(), end(), [&](const Label& label) { return label.name >= name; });
  const bool is_there = place != end() && place->name == name;
  if (value.empty() && !is_there) {
    return *this;
  }
  const std::size_t total = size() - (is_there ? 1 : 0) + (value.empty() ? 0 : 1);
  auto labels = std::make_shared<Label[]>(total);
  Label* next = std::copy(begin(), place, labels.get());
  if (!value.empty()) {
    *next++ = {std::string(name), std::string(value)};
  }
  std::copy(is_there ? place + 1 : place, end(), next);
  return Labels(std::move(labels), total);
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
