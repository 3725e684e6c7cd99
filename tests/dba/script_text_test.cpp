#include "dba/script_text.h"

#include <gtest/gtest.h>

namespace hakem::dba {
namespace {

TEST(VisibleText, KeepsLettersOfAllScripts) {
  for (const char* text : {"", "hokm_game.players", "حکم", "Über 😀", "a\"b'c\\d;--"}) {
    EXPECT_EQ(VisibleText(text), text);
  }
}

TEST(VisibleText, ReplacesWhatCouldBeMistaken) {
  const struct {
    std::string text;
    const char* shown;
  } cases[] = {
      {"a\rb\nc", "a<U+000D>b<U+000A>c"},
      {"\x1b[2J", "<U+001B>[2J"},
      {std::string("\0", 1), "<U+0000>"},
      {"\x7f", "<U+007F>"},
      {"\xc2\x9b", "<U+009B>"},                // CSI as one character.
      {"\xe2\x80\xae!", "<U+202E>!"},          // Writes what follows from right to left.
      {"\xe2\x80\xa8", "<U+2028>"},            // Line separator.
      {"\xef\xbb\xbf", "<U+FEFF>"},            // Byte order mark.
      {"\x9b", "<0x9B>"},                      // No UTF-8.
      {"\xc0\x8a", "<0xC0><0x8A>"},            // A newline, overlong.
      {"\xe2\x80", "<0xE2><0x80>"},            // Cut off.
      {"\xed\xa0\x80", "<0xED><0xA0><0x80>"},  // A surrogate.
      {"\xf5\x80\x80\x80", "<0xF5><0x80><0x80><0x80>"},
  };

  for (const auto& each : cases) {
    EXPECT_EQ(VisibleText(each.text), each.shown);
  }
}

TEST(ScriptIdentifier, QuotesVisibleNames) {
  EXPECT_EQ(ScriptIdentifier("players"), "\"players\"");
  EXPECT_EQ(ScriptIdentifier("a\"; DROP \\"), "\"a\"\"; DROP \\\"");
}

TEST(ScriptIdentifier, EscapesInvisibleCharacters) {
  EXPECT_EQ(ScriptIdentifier("a\r\"\\b"), "U&\"a\\+00000D\"\"\\\\b\"");
  EXPECT_EQ(ScriptIdentifier("\xe2\x80\xae"), "U&\"\\+00202E\"");
}

}  // namespace
}  // namespace hakem::dba
