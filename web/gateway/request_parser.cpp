#include "web/gateway/request_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "web/http/accept_header.h"

namespace hakem::web {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMostLengthDigits = 18;  // Fits 64 bits; no such body is accepted.
constexpr std::size_t kMostChunkDigits = 8;
constexpr std::size_t kMostChunkLineBytes =
    4096;  // A chunk size with extensions, or a trailer field.
constexpr std::size_t kMostMethodBytes = 32;
constexpr std::size_t kTargetStartBytes = 64;  // Enough to see whether it is below /api/.

/// Fields that decide about access or about the end of the request. Two of them could be understood
/// differently by two parsers.
constexpr std::array<std::string_view, 9> kOnlyOnce{
    "Host",   "Content-Length", "Transfer-Encoding", "Authorization", "Origin",
    "Expect", "Content-Type",   "Sec-Fetch-Site",    "Sec-Fetch-Mode"};

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr std::string_view kTokenOthers = "!#$%&'*+-.^_`|~";
constexpr std::string_view kAuthorityOthers = "-._~%!$&'()*+;=:[]";

/// A `token` of RFC 9110, 5.6.2: names of methods and fields.
bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlphanumeric(c) || kTokenOthers.find(c) != kTokenOthers.npos;
  });
}

/// Whether the text has only characters of a host and its port. RFC 3986 also allows the comma, but
/// it joins the values of repeated headers.
bool IsAuthority(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlphanumeric(c) || kAuthorityOthers.find(c) != kAuthorityOthers.npos;
  });
}

/// Control characters, which are not allowed anywhere in a head.
bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// Converts two hexadecimal digits to a byte.
std::optional<char> HexByte(std::string_view digits) {
  unsigned byte = 0;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, byte, 16);
  return digits.size() == 2 && parsed.ptr == end && parsed.ec == std::errc()
             ? std::optional(static_cast<char>(byte))
             : std::nullopt;
}

/// Decodes the escapes of a path. Returns nothing when one is malformed or stands for a control
/// character.
std::optional<std::string> DecodePath(std::string_view path) {
  std::string decoded;
  decoded.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      decoded += path[i];
      continue;
    }
    const auto byte = HexByte(path.substr(i + 1, 2));
    if (!byte || IsControl(*byte)) {
      return std::nullopt;
    }
    decoded += *byte;
    i += 2;
  }
  return decoded;
}

/// Removes `http://` or `https://` from the front.
bool TakeScheme(std::string_view& target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (EqualIgnoringCase(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(scheme.size());
      return true;
    }
  }
  return false;
}

}  // namespace

std::size_t RequestParser::Take(std::string_view bytes) {
  switch (stage_) {
    case Stage::kHead:
      return TakeHead(bytes);
    case Stage::kBody:
      return TakeBody(bytes);
    case Stage::kWhole:
    case Stage::kRejected:
      break;
  }
  return 0;
}

void RequestParser::Reset() {
  *this = RequestParser(limits_);
}

std::size_t RequestParser::TakeHead(std::string_view bytes) {
  has_begun_ = has_begun_ || !bytes.empty();
  std::size_t begin = 0;
  std::size_t end = 0;
  bool complete = false;
  const std::size_t room = limits_.head_bytes - head_.size();
  while (end < bytes.size() && !complete && !is_rejected()) {
    const char c = bytes[end++];
    if (end - begin > room) {
      lines_ == 0
          ? Reject(414, fmt::format("the request line is longer than {} bytes", limits_.head_bytes))
          : Reject(431, fmt::format("the request line and the header fields are longer than {} "
                                    "bytes together",
                                    limits_.head_bytes));
    } else if (after_cr_ != (c == '\n')) {
      Reject(400, after_cr_ ? "a carriage return is not followed by a line feed"
                            : "a line feed does not follow a carriage return");
    } else if (c == '\r') {
      after_cr_ = true;
    } else if (c != '\n') {
      ++line_bytes_;
      if (IsControl(c)) {
        Reject(400, fmt::format("the head has the control character 0x{:02x}",
                                static_cast<unsigned char>(c)));
      }
    } else if (after_cr_ = false; line_bytes_ > 0) {
      ++lines_;
      line_bytes_ = 0;
      if (lines_ > limits_.fields + 1) {
        Reject(431, fmt::format("there are more than {} header fields", limits_.fields));
      }
    } else if (lines_ > 0) {
      complete = true;
    } else if (skipped_blank_line_) {
      Reject(400, "there is no request line");
    } else {  // Some clients send an empty line after the body of a request.
      skipped_blank_line_ = true;
      head_.clear();
      begin = end;
    }
  }
  head_.append(bytes.substr(begin, end - begin));
  if (is_rejected()) {
    NoteTarget();
  } else if (complete) {
    ParseHead();
  }
  return end;
}

void RequestParser::ParseHead() {
  NoteTarget();
  request_bytes_ = head_.size();
  std::string_view rest = std::string_view(head_).substr(0, head_.size() - kLineEnd.size());
  bool is_first = true;
  while (!rest.empty() && !is_rejected()) {
    const std::size_t end = rest.find(kLineEnd);
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + kLineEnd.size());
    is_first ? ParseRequestLine(line) : ParseField(line);
    is_first = false;
  }
  if (!is_rejected()) {
    CheckFields();
  }
  if (!is_rejected()) {
    ReadConnection();
    ReadFraming();
  }
  head_ = {};
}

void RequestParser::ParseRequestLine(std::string_view line) {
  std::string_view rest = line;
  const std::string_view method = TakeUntil(rest, ' ');
  const std::string_view target = TakeUntil(rest, ' ');
  if (!IsToken(method) || target.empty() || target.find('\t') != target.npos) {
    return Reject(400, "the request line is not METHOD TARGET HTTP/1.1");
  }
  if (!rest.starts_with("HTTP/") || rest.find(' ') != rest.npos) {
    return Reject(400, "the request line does not end in HTTP/1.1");
  }
  if (rest != "HTTP/1.1" && rest != "HTTP/1.0") {
    const bool is_version = rest.size() == 8 && IsDigits(rest.substr(5, 1)) && rest[6] == '.' &&
                            IsDigits(rest.substr(7, 1));
    return is_version ? Reject(505, "this version of HTTP is not spoken here: use HTTP/1.1")
                      : Reject(400, "the request line does not end in HTTP/1.1");
  }
  if (method.size() > kMostMethodBytes || method == "CONNECT") {
    return Reject(501, "this method is not known here");
  }
  is_http_11_ = rest == "HTTP/1.1";
  request_.method = method;
  ParseTarget(target);
}

void RequestParser::ParseTarget(std::string_view target) {
  if (target == "*" && request_.method == "OPTIONS") {
    request_.path = target;
    return;
  }
  if (TakeScheme(target)) {
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    authority_ = target.substr(0, end);
    target.remove_prefix(end);
    if (authority_.empty() || !IsAuthority(authority_)) {
      return Reject(400, "the target's host is malformed");
    }
  } else if (!target.starts_with('/')) {
    return Reject(400, "the target must begin with / or http://");
  }
  if (target.find('#') != target.npos) {
    return Reject(400, "the target has a #, which must be written %23");
  }
  const std::string_view path = TakeUntil(target, '?');
  auto decoded = DecodePath(path.empty() ? "/" : path);
  if (!decoded) {
    return Reject(400,
                  "the path has a % that is not followed by two hexadecimal digits of a "
                  "printable character");
  }
  request_.path = *std::move(decoded);
  request_.query = target;
}

void RequestParser::ParseField(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    return Reject(400, "a header field is continued on a second line");
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == line.npos || !IsToken(name)) {
    return Reject(400, "a header field is not NAME: VALUE with the colon right after the name");
  }
  request_.headers.push_back({std::string(name), std::string(Trim(line.substr(colon + 1)))});
}

std::size_t RequestParser::CountOf(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(request_.headers.begin(), request_.headers.end(),
                    [&](const HeaderField& field) { return EqualIgnoringCase(field.name, name); }));
}

void RequestParser::CheckFields() {
  for (const std::string_view name : kOnlyOnce) {
    if (CountOf(name) > 1) {
      return Reject(400, fmt::format("there is more than one {}", name));
    }
  }
  if (is_http_11_ && CountOf("Host") == 0) {
    return Reject(400, "there is no Host");
  }
  if (!IsAuthority(request_.Header("Host"))) {
    return Reject(400, "the Host is malformed");
  }
  if (!authority_.empty()) {
    std::erase_if(request_.headers,
                  [](const HeaderField& field) { return EqualIgnoringCase(field.name, "Host"); });
    request_.headers.push_back({"Host", authority_});
  }
}

void RequestParser::ReadConnection() {
  bool close = false;
  bool keep = false;
  for (const HeaderField& field : request_.headers) {
    if (!EqualIgnoringCase(field.name, "Connection")) {
      continue;
    }
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::string_view option = Trim(TakeUntil(rest, ','));
      close = close || EqualIgnoringCase(option, "close");
      keep = keep || EqualIgnoringCase(option, "keep-alive");
    }
  }
  keep_alive_ = !close && (is_http_11_ || keep);
}

void RequestParser::ReadFraming() {
  const std::string_view length = request_.Header("Content-Length");
  const std::string_view coding = request_.Header("Transfer-Encoding");
  const bool has_length = CountOf("Content-Length") > 0;
  if (CountOf("Transfer-Encoding") > 0) {
    if (has_length || !is_http_11_) {
      return Reject(400, has_length ? "there are both Content-Length and Transfer-Encoding"
                                    : "HTTP/1.0 knows no Transfer-Encoding");
    }
    if (!EqualIgnoringCase(coding, "chunked")) {
      return Reject(501, "no Transfer-Encoding but chunked is known here");
    }
    is_chunked_ = true;
  }
  if (has_length) {
    if (!IsDigits(length)) {
      return Reject(400, "the Content-Length is not one decimal number");
    }
    if (length.size() <= kMostLengthDigits) {
      std::from_chars(length.data(), length.data() + length.size(), left_);
    }
    if (length.size() > kMostLengthDigits || left_ > limits_.body_bytes) {
      return Reject(413, fmt::format("the body is longer than {} bytes", limits_.body_bytes));
    }
  }
  const std::string_view expected = request_.Header("Expect");
  if (!expected.empty() && is_http_11_) {
    if (!EqualIgnoringCase(expected, "100-continue")) {
      return Reject(417, "only 100-continue can be expected");
    }
    expects_continue_ = is_chunked_ || left_ > 0;
  }
  stage_ = is_chunked_ || left_ > 0 ? Stage::kBody : Stage::kWhole;
}

std::size_t RequestParser::TakeBody(std::string_view bytes) {
  expects_continue_ = expects_continue_ && bytes.empty();
  return is_chunked_ ? TakeChunked(bytes) : TakeSized(bytes);
}

std::size_t RequestParser::TakeSized(std::string_view bytes) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  request_.body.append(bytes.substr(0, count));
  left_ -= count;
  if (left_ == 0) {
    stage_ = Stage::kWhole;
  }
  return count;
}

std::size_t RequestParser::TakeChunked(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && stage_ == Stage::kBody) {
    if (chunk_stage_ == ChunkStage::kData) {
      const std::string_view rest = bytes.substr(taken);
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
      request_.body.append(rest.substr(0, count));
      left_ -= count;
      taken += count;
      chunk_stage_ = left_ == 0 ? ChunkStage::kDataEnd : ChunkStage::kData;
    } else if (TakeLine(bytes, taken)) {
      EndChunkLine();
      line_.clear();
    }
  }
  return taken;
}

/// Parses one byte. Returns true when a line is complete, which is then in line_ without its end.
bool RequestParser::TakeLine(std::string_view bytes, std::size_t& taken) {
  const char c = bytes[taken++];
  if (after_cr_ != (c == '\n') || (c != '\r' && c != '\n' && IsControl(c))) {
    Reject(400, "the framing of the body's chunks has a stray control character");
    return false;
  }
  after_cr_ = c == '\r';
  if (c == '\n' || c == '\r') {
    return c == '\n';
  }
  line_ += c;
  if (line_.size() > kMostChunkLineBytes) {
    Reject(400, "a line of the body's chunks is too long");
  }
  return false;
}

void RequestParser::EndChunkLine() {
  switch (chunk_stage_) {
    case ChunkStage::kSize:
      return BeginChunk(line_);
    case ChunkStage::kDataEnd:
      chunk_stage_ = ChunkStage::kSize;
      if (!line_.empty()) {
        Reject(400, "a chunk of the body is longer than its size");
      }
      return;
    case ChunkStage::kTrailer:
      if (line_.empty()) {
        stage_ = Stage::kWhole;
      } else if (++trailer_fields_ > limits_.fields) {
        Reject(431, fmt::format("there are more than {} trailer fields", limits_.fields));
      } else if (!IsToken(std::string_view(line_).substr(0, line_.find(':'))) ||
                 line_.find(':') == line_.npos) {
        Reject(400, "a trailer field is not NAME: VALUE");
      }
      return;
    case ChunkStage::kData:
      return;
  }
}

void RequestParser::BeginChunk(std::string_view line) {
  const std::string_view digits = line.substr(0, line.find(';'));
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, left_, 16);
  if (digits.empty() || digits.front() == '-' || parsed.ptr != end ||
      digits.size() > kMostChunkDigits) {
    return Reject(400, "the size of a chunk is not a hexadecimal number of at most 8 digits");
  }
  if (left_ > limits_.body_bytes - request_.body.size()) {
    return Reject(413, fmt::format("the body is longer than {} bytes", limits_.body_bytes));
  }
  chunk_stage_ = left_ == 0 ? ChunkStage::kTrailer : ChunkStage::kData;
}

void RequestParser::NoteTarget() {
  std::string_view rest = head_;
  TakeUntil(rest, ' ');
  if (TakeScheme(rest)) {
    rest.remove_prefix(std::min(rest.find('/'), rest.size()));
  }
  target_ = rest.substr(0, std::min(kTargetStartBytes, rest.find_first_of(" ?\r")));
}

void RequestParser::Reject(int status, std::string reason) {
  stage_ = Stage::kRejected;
  keep_alive_ = false;
  rejection_ = {status, std::move(reason)};
}

}  // namespace hakem::web
