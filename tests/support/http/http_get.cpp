#include "tests/support/http/http_get.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace hakem {
namespace {

int ConnectTo(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  (void)connect(fd, reinterpret_cast<const sockaddr*>(&address),
                sizeof(address));  // Else sending fails.
  return fd;
}

/// Appends the next bytes. Returns false at the end of the stream, on an error or a timeout.
bool ReadMore(int fd, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t count = recv(fd, buffer.data(), buffer.size(), 0);
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return count > 0;
}

}  // namespace

std::string HttpReply::Header(std::string_view name) const {
  for (std::size_t line = head.find("\r\n"); line != head.npos; line = head.find("\r\n", line)) {
    line += 2;
    const std::string_view rest = std::string_view(head).substr(line);
    if (rest.size() > name.size() && rest[name.size()] == ':' &&
        strncasecmp(rest.data(), name.data(), name.size()) == 0) {
      const auto begin = rest.find_first_not_of(' ', name.size() + 1);
      return std::string(rest.substr(begin, rest.find("\r\n") - begin));
    }
  }
  return "";
}

HttpConnection::HttpConnection(std::uint16_t port) : fd_(ConnectTo(port)) {}

HttpConnection::~HttpConnection() {
  close(fd_);
}

void HttpConnection::Send(std::string_view bytes) {
  send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void HttpConnection::EndSending() {
  shutdown(fd_, SHUT_WR);
}

Result<HttpReply> HttpConnection::Exchange(std::string_view request, bool has_body) {
  Send(request);
  std::string text;
  while (text.find("\r\n\r\n") == text.npos) {
    if (!ReadMore(fd_, text)) {
      return Fail(ErrorCode::kUnavailable, fmt::format("read a reply: only \"{}\" came", text));
    }
  }
  HttpReply reply;
  const auto end = text.find("\r\n\r\n");
  reply.head = text.substr(0, end);
  reply.body = text.substr(end + 4);
  reply.status = std::atoi(reply.head.c_str() + reply.head.find(' '));
  const auto length = std::strtoul(reply.Header("Content-Length").c_str(), nullptr, 10);
  while (has_body && reply.body.size() < length && ReadMore(fd_, reply.body)) {
  }
  return reply;
}

std::string HttpConnection::ReadToEnd() {
  std::string text;
  while (ReadMore(fd_, text)) {
  }
  return text;
}

bool HttpConnection::AwaitClose() {
  std::string text;
  while (ReadMore(fd_, text)) {
  }
  return recv(fd_, text.data(), 0, MSG_DONTWAIT) == 0;
}

std::string HttpRequestText(std::string_view method, std::string_view path,
                            std::string_view headers, std::string_view body) {
  const std::string length = body.empty() ? "" : fmt::format("Content-Length: {}\r\n", body.size());
  return fmt::format("{} {} HTTP/1.1\r\nHost: test\r\n{}{}\r\n{}", method, path, headers, length,
                     body);
}

Result<HttpReply> HttpGet(std::uint16_t port, std::string_view path, std::string_view headers) {
  return HttpConnection(port).Exchange(HttpRequestText("GET", path, headers));
}

}  // namespace hakem
