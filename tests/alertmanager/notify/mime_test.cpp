#include "alertmanager/notify/mime.h"

#include <gtest/gtest.h>

#include "tests/support/alerting/alerts.h"

namespace hakem::alertmanager {
namespace {

MailMessage Message() {
  return {
      .from = *MailAddress::Parse("Hakem <hakem@example.com>"),
      .to = {*MailAddress::Parse("ops@example.com"), *MailAddress::Parse("حکم <hokm@example.com>")},
      .subject = "[FIRING:1] Low",
      .message_id = "1.2",
      .date = At(5),
      .text = "value = 5\n",
      .html = "<p>é</p>\n"};
}

TEST(Mail, IsTwoPartsUnderItsHeaders) {
  EXPECT_EQ(FormatMail(Message()),
            "Date: Thu, 01 Jan 2026 00:00:05 +0000\r\n"
            "From: Hakem <hakem@example.com>\r\n"
            "To: ops@example.com,\r\n"
            " =?utf-8?q?=D8=AD=DA=A9=D9=85?= <hokm@example.com>\r\n"
            "Subject: [FIRING:1] Low\r\n"
            "Message-Id: <1.2@example.com>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_hakem_alternative\"\r\n"
            "\r\n"
            "--=_hakem_alternative\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "value =3D 5\r\n"
            "\r\n"
            "--=_hakem_alternative\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "<p>=C3=A9</p>\r\n"
            "\r\n"
            "--=_hakem_alternative--\r\n");
}

TEST(Mail, TakesNoHeaderFromItsSubject) {
  MailMessage message = Message();
  message.subject = "Low\r\nBcc: thief@example.com";
  EXPECT_NE(FormatMail(message).find("Subject: Low  Bcc: thief@example.com\r\n"),
            std::string::npos);
}

TEST(Mail, KeepsItsBoundaryWhateverTheTextSays) {
  MailMessage message = Message();
  message.text = "\n--=_hakem_alternative--\n";
  EXPECT_NE(FormatMail(message).find("\r\n--=3D_hakem_alternative--\r\n"), std::string::npos);
}

TEST(QuotedPrintable, BreaksLongLinesSoftly) {
  EXPECT_EQ(QuotedPrintable(std::string(76, 'x')), std::string(76, 'x'));
  EXPECT_EQ(QuotedPrintable(std::string(77, 'x')), std::string(75, 'x') + "=\r\nxx");
}

TEST(QuotedPrintable, NeverMakesALineLongerThan76) {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += i % 3 == 0 ? "é" : i % 7 == 0 ? " " : "x";
  }
  const std::string encoded = QuotedPrintable(text + "\n" + text);
  for (std::size_t begin = 0; begin < encoded.size();) {
    const std::size_t end = std::min(encoded.find("\r\n", begin), encoded.size());
    EXPECT_LE(end - begin, 76U);
    begin = end + 2;
  }
}

TEST(QuotedPrintable, KeepsBlanksAtTheEndOfALine) {
  EXPECT_EQ(QuotedPrintable("a \nb\t"), "a=20\r\nb=09");
}

TEST(Header, StaysAsItIsWhenShortAndPlain) {
  EXPECT_EQ(EncodeHeader("[FIRING:1] Low (hakem)"), "[FIRING:1] Low (hakem)");
}

TEST(Header, IsEncodedWhenNotAscii) {
  EXPECT_EQ(EncodeHeader("Spiel läuft?"), "=?utf-8?q?Spiel_l=C3=A4uft=3F?=");
}

TEST(Header, IsEncodedWhenItLooksEncoded) {
  EXPECT_EQ(EncodeHeader("=?x"), "=?utf-8?q?=3D=3Fx?=");
}

TEST(Header, IsFoldedBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    text += "é";
  }
  EXPECT_EQ(EncodeHeader(text),
            "=?utf-8?q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?=\r\n"
            " =?utf-8?q?=C3=A9=C3=A9?=");
}

TEST(Header, HoldsNoControlCharacter) {
  EXPECT_EQ(EncodeHeader("a\r\nb\x7f"), "a  b ");
}

}  // namespace
}  // namespace hakem::alertmanager
