#include "tsdb/persistence/labels_text.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tsdb/persistence/history_store.h"

namespace hakem::tsdb {
namespace {

void Append(std::string& bytes, std::string_view text) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(text.size() >> shift & 0xff));
  }
  bytes.append(text);
}

std::optional<std::string> Take(std::string_view& bytes) {
  if (bytes.size() < 4) {
    return std::nullopt;
  }
  std::size_t size = 0;
  for (int i = 0; i < 4; ++i) {
    size = size << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  }
  bytes.remove_prefix(4);
  if (bytes.size() < size) {
    return std::nullopt;
  }
  std::string text(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return text;
}

}  // namespace

std::string ToBytes(const Labels& labels) {
  std::string bytes;
  for (const LabelView label : labels) {
    Append(bytes, label.name);
    Append(bytes, label.value);
  }
  return bytes;
}

std::string SavedSeries::LabelBytes() const {
  return ToBytes(labels);
}

Result<Labels> LabelsFromBytes(std::string_view bytes) {
  std::vector<Label> labels;
  while (!bytes.empty()) {
    std::optional<std::string> name = Take(bytes);
    std::optional<std::string> value = Take(bytes);
    if (!name || !value) {
      return Fail(ErrorCode::kInvalidInput, "labels are cut off");
    }
    labels.push_back({*std::move(name), *std::move(value)});
  }
  return Labels(labels);
}

}  // namespace hakem::tsdb
