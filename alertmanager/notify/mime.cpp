#include "alertmanager/notify/mime.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace hakem::alertmanager {
namespace {

/// `=_` cannot stand in quoted-printable text, so the parts never hold this line.
constexpr std::string_view kBoundary = "=_hakem_alternative";

bool IsPrintable(unsigned char c) {
  return c >= 0x20 && c < 0x7f;
}

/// RFC 2047 section 5 (3): what may stand for itself also in a phrase.
bool IsPlainInWord(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("!*+-/").find(static_cast<char>(c)) != std::string_view::npos;
}

/// How many bytes the UTF-8 character that begins the text has; 1 where there is none.
std::size_t CharacterSize(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && size < 4 &&
         (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
    ++size;
  }
  return size;
}

/// One character as it stands in an encoded word.
std::string QEncode(std::string_view character) {
  std::string encoded;
  for (const char c : character) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == ' ') {
      encoded += '_';
    } else if (IsPlainInWord(byte)) {
      encoded += c;
    } else {
      fmt::format_to(std::back_inserter(encoded), "={:02X}", byte);
    }
  }
  return encoded;
}

std::string EncodedWords(std::string_view text) {
  constexpr std::string_view kOpen = "=?utf-8?q?";
  constexpr std::string_view kClose = "?=";
  constexpr std::size_t kLongestWord = 75;
  std::string words{kOpen};
  std::size_t length = kOpen.size();
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    const std::string encoded = QEncode(text.substr(0, size));
    if (length + encoded.size() + kClose.size() > kLongestWord) {
      words += fmt::format("{}\r\n {}", kClose, kOpen);
      length = kOpen.size();
    }
    words += encoded;
    length += encoded.size();
    text.remove_prefix(size);
  }
  words += kClose;
  return words;
}

/// `ops@example.com` or `=?utf-8?q?…?= <ops@example.com>`.
std::string FormatAddress(const MailAddress& address) {
  if (address.name().empty()) {
    return address.address();
  }
  const bool is_atoms = std::all_of(address.name().begin(), address.name().end(), [](char c) {
    return c == ' ' || IsPlainInWord(static_cast<unsigned char>(c));
  });
  return fmt::format("{} <{}>",
                     is_atoms ? EncodeHeader(address.name()) : EncodedWords(address.name()),
                     address.address());
}

/// RFC 5322's date, in English whatever the locale: `Thu, 01 Jan 2026 00:00:00 +0000`.
std::string FormatDate(Timestamp time) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

std::string FormatPart(std::string_view type, std::string_view content) {
  return fmt::format(
      "--{}\r\n"
      "Content-Type: {}; charset=utf-8\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n"
      "\r\n"
      "{}\r\n",
      kBoundary, type, QuotedPrintable(content));
}

}  // namespace

std::string QuotedPrintable(std::string_view text) {
  constexpr std::size_t kLongestLine = 76;
  std::string encoded;
  std::size_t length = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      encoded += "\r\n";
      length = 0;
      continue;
    }
    // A blank at the end of a line would be lost on the way.
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    const bool is_plain = (IsPrintable(byte) && byte != '=' && byte != ' ') ||
                          ((byte == ' ' || byte == '\t') && !ends_line);
    const std::size_t size = is_plain ? 1 : 3;
    if (length + size + (ends_line ? 0 : 1) > kLongestLine) {
      encoded += "=\r\n";
      length = 0;
    }
    if (is_plain) {
      encoded += text[i];
    } else {
      fmt::format_to(std::back_inserter(encoded), "={:02X}", byte);
    }
    length += size;
  }
  return encoded;
}

std::string EncodeHeader(std::string_view text) {
  constexpr std::size_t kLongestPlain = 66;  // With "Subject: " within RFC 5322's 78.
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  const bool is_plain = line.size() <= kLongestPlain && line.find("=?") == std::string::npos &&
                        std::all_of(line.begin(), line.end(), IsPrintable);
  return is_plain ? line : EncodedWords(line);
}

std::string FormatMail(const MailMessage& message) {
  std::string to;
  for (const MailAddress& address : message.to) {
    to += (to.empty() ? "" : ",\r\n ") + FormatAddress(address);
  }
  return fmt::format(
      "Date: {}\r\n"
      "From: {}\r\n"
      "To: {}\r\n"
      "Subject: {}\r\n"
      "Message-Id: <{}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/alternative; boundary=\"{}\"\r\n"
      "\r\n"
      "{}{}--{}--\r\n",
      FormatDate(message.date), FormatAddress(message.from), to, EncodeHeader(message.subject),
      message.message_id, message.from.domain(), kBoundary, FormatPart("text/plain", message.text),
      FormatPart("text/html", message.html), kBoundary);
}

}  // namespace hakem::alertmanager
