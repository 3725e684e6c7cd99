#include "format/utf8.h"

#include <gtest/gtest.h>

namespace hakem {
namespace {

TEST(ToUtf8, KeepsCharactersOfAllSizes) {
  for (const char* text : {"", "hokm", "حاکم", "é", "€", "😀", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(ToUtf8(text), text);
  }
  EXPECT_EQ(ToUtf8(std::string_view("a\0b", 3)), std::string_view("a\0b", 3));
}

TEST(ToUtf8, EscapesInvalidBytes) {
  EXPECT_EQ(ToUtf8("caf\xE9"), "caf\\xe9");
  EXPECT_EQ(ToUtf8("\xE9t\xE9"), "\\xe9t\\xe9");
  EXPECT_EQ(ToUtf8("\xD8"), "\\xd8") << "a character cut off";
  EXPECT_EQ(ToUtf8("\xE2\x82x"), "\\xe2\\x82x");
  EXPECT_EQ(ToUtf8("\xC0\xAF"), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(ToUtf8("\xED\xA0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(ToUtf8("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond the last";
  EXPECT_NE(ToUtf8("\xE9"), ToUtf8("\xE8"));
}

TEST(Cut, EndsLongTextAtACharacter) {
  EXPECT_EQ(Cut("short"), "short");
  EXPECT_EQ(Cut(std::string(201, 'x')), std::string(200, 'x') + "…");
  EXPECT_EQ(Cut("aح", 2), "a…");
  EXPECT_EQ(Cut("aح", 3), "aح");
}

}  // namespace
}  // namespace hakem
