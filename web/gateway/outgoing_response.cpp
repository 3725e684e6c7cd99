#include "web/gateway/outgoing_response.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "model/clock.h"

namespace hakem::web {
namespace {

constexpr std::size_t kOneWriteBytes = 16 << 10;  // A smaller response leaves in few packets.
constexpr int kNoContent = 204;

/// `Sun, 22 Nov 2026 21:14:12 GMT`
std::string HttpDate() {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(SystemClock().Now());
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(seconds));
}

std::size_t BodyBytes(const Response& response) {
  std::size_t bytes = response.body == nullptr ? 0 : response.body->size();
  for (const auto& part : response.more) {
    bytes += part->size();
  }
  return bytes;
}

}  // namespace

std::string FormatHead(const Response& response, bool keep_alive) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nConnection: {}\r\n", response.status,
                  ReasonPhrase(response.status), HttpDate(), keep_alive ? "keep-alive" : "close");
  if (response.status != kNoContent) {
    head += fmt::format("Content-Length: {}\r\n", BodyBytes(response));
  }
  for (const HeaderField& field : response.headers) {
    head.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return head.append("X-Content-Type-Options: nosniff\r\n\r\n");
}

OutgoingResponse::OutgoingResponse(Response response, bool with_body, bool keep_alive)
    : head_(FormatHead(response, keep_alive)) {
  const bool sends_body = with_body && response.status != kNoContent && response.body != nullptr;
  const bool is_small = head_.size() + BodyBytes(response) <= kOneWriteBytes;
  if (sends_body) {
    bodies_.push_back(std::move(response.body));
    std::move(response.more.begin(), response.more.end(), std::back_inserter(bodies_));
  }
  if (is_small) {
    for (const auto& body : bodies_) {
      head_ += *body;
    }
    bodies_.clear();
  }
  parts_.emplace_back();  // For the head, which Write() puts here.
  for (const auto& body : bodies_) {
    if (!body->empty()) {
      parts_.emplace_back(*body);
    }
  }
}

Progress OutgoingResponse::Write(Channel& channel, std::size_t most) {
  if (sent_bytes_ ==
      0) {  // Not earlier: a short head lies in the object itself, which may have been moved.
    parts_[0] = head_;
  }
  std::array<std::string_view, 16> now{};
  std::size_t count = 0;
  for (std::size_t i = next_; i < parts_.size() && count < now.size() && most > 0; ++i) {
    now[count] = parts_[i].substr(0, most);
    most -= now[count++].size();
  }
  std::size_t written = 0;
  const Progress progress = channel.Write(std::span(now).first(count), written);
  Skip(written);
  return progress;
}

void OutgoingResponse::Skip(std::size_t count) {
  sent_bytes_ += count;
  while (count > 0) {
    const std::size_t step = std::min(count, parts_[next_].size());
    parts_[next_].remove_prefix(step);
    next_ += parts_[next_].empty() ? 1U : 0U;
    count -= step;
  }
}

}  // namespace hakem::web
