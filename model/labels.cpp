#include "model/labels.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory_resource>

#include "model/check.h"

namespace hakem {
namespace {

/// Separates names and values in the hash. Never occurs in UTF-8 text.
constexpr char kSeparator = '\xFF';

std::vector<LabelView> ViewsOf(std::span<const Label> labels) {
  std::vector<LabelView> views;
  views.reserve(labels.size());
  for (const Label& label : labels) {
    views.push_back({label.name, label.value});
  }
  return views;
}

/// A list of label views that needs no heap memory unless it is long.
class ViewList {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): memory_ hands room_ out piece by piece.
  explicit ViewList(std::size_t most) { views_.reserve(most); }

  ViewList(const ViewList&) = delete;
  ViewList& operator=(const ViewList&) = delete;
  ~ViewList() = default;

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

/// Writes a length as Labels::Iterator reads it.
void AppendLength(fmt::memory_buffer& text, std::size_t length) {
  for (; length >= 0x80; length >>= 7) {
    text.push_back(static_cast<char>(length | 0x80));
  }
  text.push_back(static_cast<char>(length));
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
  if (labels.empty()) {
    return {};
  }
  fmt::memory_buffer text;  // Usually short, and then on the stack.
  fmt::memory_buffer hashed;
  for (const LabelView& label : labels) {
    AppendLength(text, label.name.size());
    AppendLength(text, label.value.size());
    for (const std::string_view part : {label.name, label.value}) {
      text.append(part);
      hashed.append(part);
      hashed.push_back(kSeparator);
    }
  }
  HAKEM_CHECK(text.size() <= std::numeric_limits<std::uint32_t>::max());
  Labels result;
  result.block_ = SharedBlock<Header>::Make(text.size());
  result.block_->length = static_cast<std::uint32_t>(text.size());
  result.block_->hash = XXH3_64bits(hashed.data(), hashed.size());
  std::copy(text.begin(), text.end(), static_cast<char*>(result.block_.behind()));
  return result;
}

std::size_t Labels::size() const {
  return static_cast<std::size_t>(std::distance(begin(), end()));
}

std::size_t Labels::bytes() const {
  constexpr std::size_t kOverhead = 16;  // Roughly the allocator's own bytes.
  return block_ == nullptr ? 0 : kOverhead + sizeof(Header) + block_->length;
}

bool Labels::operator==(const Labels& other) const {
  return block_ == other.block_ || (hash() == other.hash() && Text() == other.Text());
}

std::strong_ordering Labels::operator<=>(const Labels& other) const {
  return block_ == other.block_
             ? std::strong_ordering::equal
             : std::lexicographical_compare_three_way(begin(), end(), other.begin(), other.end());
}

std::string_view Labels::Get(std::string_view name) const {
  for (const LabelView label : *this) {  // There are too few for a binary search to be faster.
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

/// Returns the labels that `keep` accepts; shares the block when it accepts all.
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
