#include "model/prometheus_hash.h"

#include <xxhash.h>

#include <string>
#include <string_view>

namespace hakem {
namespace {

/// Appends a length as one byte, or as 255 and three bytes, the lowest first, when it is long.
void Append(std::string& bytes, std::string_view text) {
  constexpr std::size_t kLong = 255;
  if (text.size() < kLong) {
    bytes += static_cast<char>(text.size());
  } else {
    bytes += static_cast<char>(kLong);
    for (std::size_t rest = text.size(), i = 0; i < 3; ++i, rest >>= 8U) {
      bytes += static_cast<char>(rest & 0xFFU);
    }
  }
  bytes += text;
}

}  // namespace

std::uint64_t PrometheusHash(const Labels& labels) {
  std::string bytes;
  for (const LabelView label : labels) {
    Append(bytes, label.name);
    Append(bytes, label.value);
  }
  return XXH64(bytes.data(), bytes.size(), 0);
}

}  // namespace hakem
