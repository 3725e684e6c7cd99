#include "model/labels.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <memory_resource>

namespace hakem {
namespace {

std::vector<LabelView> ViewsOf(std::span<const Label> labels) {
  std::vector<LabelView> views;
  views.reserve(labels.size());
  for (const Label& label : labels) {
    views.push_back({label.name, label.value});
  }
  return views;
}

/// Views of labels, in memory of its own where they are not too many.
class ViewList {
 public:
  explicit ViewList(std::size_t most) { views_.reserve(most); }

  ViewList(const ViewList&) = delete;
  ViewList& operator=(const ViewList&) = delete;

  std::pmr::vector<LabelView>& operator*() { return views_; }

 private:
  static constexpr std::size_t kMostWithin = 24;

  alignas(LabelView) std::array<std::byte, kMostWithin * sizeof(LabelView)> room_;
  std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
  std::pmr::vector<LabelView> views_{&memory_};
};

bool Contains(std::span<const std::string> names, std::string_view name) {
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

Labels::Labels(std::initializer_list<Label> labels)
    : Labels(ViewsOf(std::span(labels.begin(), labels.size()))) {}

Labels::Labels(const std::vector<Label>& labels) : Labels(ViewsOf(labels)) {}

Labels::Labels(std::vector<LabelView> labels) {
  const auto by_name = [](const LabelView& a, const LabelView& b) { return a.name < b.name; };
  if (!std::is_sorted(labels.begin(), labels.end(), by_name)) {
    std::stable_sort(labels.begin(), labels.end(), by_name);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool is_last = i + 1 == labels.size() || labels[i + 1].name != labels[i].name;
    if (is_last && !labels[i].value.empty()) {
      labels[kept++] = labels[i];
    }
  }
  *this = FromNormal(std::span(labels).first(kept));
}

Labels Labels::FromNormal(std::span<const LabelView> labels) {
  Labels result;
  if (labels.empty()) {
    return result;
  }
  constexpr std::size_t kWord = sizeof(std::uint32_t);
  std::size_t length = 0;
  for (const LabelView& label : labels) {
    length += label.name.size() + label.value.size() + 2;
  }
  const std::size_t text_word = kEndsWord + 2 * labels.size();
  const auto block =
      std::make_shared_for_overwrite<std::uint32_t[]>(text_word + (length + kWord - 1) / kWord);
  std::uint32_t* const words = block.get();
  char* const text = reinterpret_cast<char*>(words + text_word);
  std::uint32_t end = 0;
  std::size_t word = kEndsWord;
  for (const LabelView& label : labels) {
    for (const std::string_view part : {label.name, label.value}) {
      part.copy(text + end, part.size());
      end += static_cast<std::uint32_t>(part.size());
      words[word++] = end;
      text[end++] = kSeparator;
    }
  }
  const std::uint64_t hash = XXH3_64bits(text, length);
  words[0] = static_cast<std::uint32_t>(hash);
  words[1] = static_cast<std::uint32_t>(hash >> 32);
  words[kCountWord] = static_cast<std::uint32_t>(labels.size());
  result.block_ = block;
  return result;
}

LabelView Labels::At(const std::uint32_t* block, std::size_t index) {
  const char* const text =
      reinterpret_cast<const char*>(block + kEndsWord + 2 * std::size_t{block[kCountWord]});
  const std::uint32_t* const ends = block + kEndsWord + 2 * index;
  const std::uint32_t begin = index == 0 ? 0 : ends[-1] + 1;
  return {{text + begin, ends[0] - begin}, {text + ends[0] + 1, ends[1] - ends[0] - 1}};
}

std::string_view Labels::Text() const {
  if (block_ == nullptr) {
    return {};
  }
  const std::uint32_t* const ends = block_.get() + kEndsWord;
  const std::size_t count = 2 * size();
  return {reinterpret_cast<const char*>(ends + count), ends[count - 1] + std::size_t{1}};
}

std::size_t Labels::bytes() const {
  constexpr std::size_t kOverhead = 32;  // What std::make_shared and the allocator add.
  constexpr std::size_t kWord = sizeof(std::uint32_t);
  return block_ == nullptr ? 0 : kOverhead + kWord * (kEndsWord + 2 * size()) + Text().size();
}

bool Labels::operator==(const Labels& other) const {
  // With the ends: a text alone may be read in two ways where a value has kSeparator.
  return block_ == other.block_ ||
         (hash() == other.hash() && size() == other.size() &&
          std::equal(block_.get() + kEndsWord, block_.get() + kEndsWord + 2 * size(),
                     other.block_.get() + kEndsWord) &&
          Text() == other.Text());
}

std::strong_ordering Labels::operator<=>(const Labels& other) const {
  return block_ == other.block_
             ? std::strong_ordering::equal
             : std::lexicographical_compare_three_way(begin(), end(), other.begin(), other.end());
}

std::string_view Labels::Get(std::string_view name) const {
  for (const LabelView label : *this) {  // They are few: a search by halves would not pay.
    if (label.name >= name) {
      return label.name == name ? label.value : std::string_view();
    }
  }
  return {};
}

Labels Labels::With(std::string_view name, std::string_view value) const {
  ViewList list(size() + 1);
  auto& labels = *list;
  const auto place =
      std::find_if(begin(), end(), [&](const LabelView& label) { return label.name >= name; });
  std::copy(begin(), place, std::back_inserter(labels));
  if (!value.empty()) {
    labels.push_back({name, value});
  }
  std::copy_if(place, end(), std::back_inserter(labels),
               [&](const LabelView& label) { return label.name != name; });
  return FromNormal(labels);
}

/// What stays in order when some are left out; the same when none are.
template <typename Keep>
Labels Labels::Filtered(Keep keep) const {
  ViewList list(size());
  auto& kept = *list;
  std::copy_if(begin(), end(), std::back_inserter(kept), keep);
  return kept.size() == size() ? *this : FromNormal(kept);
}

Labels Labels::Only(std::span<const std::string> names) const {
  return Filtered([&](const LabelView& label) { return Contains(names, label.name); });
}

Labels Labels::Without(std::span<const std::string> names) const {
  return Filtered([&](const LabelView& label) { return !Contains(names, label.name); });
}

std::string FormatSeries(const Labels& labels) {
  std::string text(labels.metric_name());
  std::string inner;
  for (const LabelView label : labels) {
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
