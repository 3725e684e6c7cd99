#include "bench/rules/remote_write.h"

#include <bit>
#include <cstdint>
#include <string_view>

namespace hakem::bench {
namespace {

void AppendVarint(std::string& bytes, std::uint64_t number) {
  while (number >= 0x80U) {
    bytes += static_cast<char>((number & 0x7FU) | 0x80U);
    number >>= 7U;
  }
  bytes += static_cast<char>(number);
}

void AppendFixed(std::string& bytes, std::uint64_t number, int size) {
  for (int i = 0; i < size; ++i) {
    bytes += static_cast<char>((number >> (8U * static_cast<unsigned>(i))) & 0xFFU);
  }
}

/// Appends a field whose value has a length.
void AppendField(std::string& message, unsigned field, std::string_view value) {
  constexpr unsigned kLengthDelimited = 2;
  AppendVarint(message, field << 3U | kLengthDelimited);
  AppendVarint(message, value.size());
  message += value;
}

std::string LabelMessage(const LabelView& label) {
  std::string message;
  AppendField(message, 1, label.name);
  AppendField(message, 2, label.value);
  return message;
}

std::string SampleMessage(const tsdb::Point& point) {
  std::string message;
  constexpr unsigned kValueAsFixed64 = 1U << 3U | 1U;
  constexpr unsigned kTimeAsVarint = 2U << 3U;
  AppendVarint(message, kValueAsFixed64);
  AppendFixed(message, std::bit_cast<std::uint64_t>(point.value), 8);
  AppendVarint(message, kTimeAsVarint);
  AppendVarint(message, static_cast<std::uint64_t>(point.time.time_since_epoch().count()));
  return message;
}

/// Wraps bytes as one literal of Snappy.
std::string Snappy(std::string_view bytes) {
  constexpr char kLiteralWithLengthOf4Bytes = static_cast<char>(63U << 2U);
  std::string block;
  AppendVarint(block, bytes.size());
  block += kLiteralWithLengthOf4Bytes;
  AppendFixed(block, bytes.size() - 1, 4);
  block += bytes;
  return block;
}

}  // namespace

std::string RemoteWriteBody(const std::vector<WrittenSeries>& series) {
  std::string request;
  for (const WrittenSeries& each : series) {
    std::string message;
    for (const LabelView label : each.labels) {
      AppendField(message, 1, LabelMessage(label));
    }
    for (const tsdb::Point& point : each.points) {
      AppendField(message, 2, SampleMessage(point));
    }
    AppendField(request, 1, message);
  }
  return Snappy(request);
}

}  // namespace hakem::bench
