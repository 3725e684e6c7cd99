#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alertmanager/notify/mail_address.h"
#include "model/time.h"

namespace hakem::alertmanager {

/// The content of a mail. All texts may be any UTF-8.
struct MailMessage {
  MailAddress from;
  std::vector<MailAddress> to;
  std::string subject;
  std::string message_id;  ///< The part before the @; only [A-Za-z0-9.-].
  Timestamp date;
  std::string text;  ///< Lines end with \n.
  std::string html;
};

/// Formats a message for SMTP: RFC 5322 headers and a multipart/alternative body with a text and an
/// HTML part, both quoted-printable. The result is ASCII with CRLF. No text can add a header.
std::string FormatMail(const MailMessage& message);

/// Encodes by RFC 2045 section 6.7: ASCII lines of at most 76 characters, with CRLF.
std::string QuotedPrintable(std::string_view text);

/// Encodes the value of a header: the text itself if it is short ASCII, else encoded words of RFC
/// 2047 of at most 75 characters, one per line, which do not split a character. Control characters
/// become blanks.
std::string EncodeHeader(std::string_view text);

}  // namespace hakem::alertmanager
