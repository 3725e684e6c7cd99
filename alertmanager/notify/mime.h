#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alertmanager/notify/mail_address.h"
#include "model/time.h"

namespace hakem::alertmanager {

/// What a mail says; any UTF-8 text is fit for it.
struct MailMessage {
  MailAddress from;
  std::vector<MailAddress> to;
  std::string subject;
  std::string message_id;  ///< What stands before the @; [A-Za-z0-9.-] only.
  Timestamp date;
  std::string text;  ///< Lines end with \n.
  std::string html;
};

/// The message as it goes over the wire: RFC 5322 headers and a multipart/alternative body of a
/// text and an HTML part, both quoted-printable. ASCII with CRLF; no text can add a header.
std::string FormatMail(const MailMessage& message);

/// RFC 2045 section 6.7: ASCII lines of at most 76 characters, with CRLF.
std::string QuotedPrintable(std::string_view text);

/// A header's value: the text itself when it is short and plain, else RFC 2047 encoded words of at
/// most 75 characters on lines of their own, none of which splits a character. Control characters
/// become blanks.
std::string EncodeHeader(std::string_view text);

}  // namespace hakem::alertmanager
