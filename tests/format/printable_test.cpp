#include "format/printable.h"

#include <gtest/gtest.h>

namespace hakem {
namespace {

TEST(Printable, KeepsTextOfAnyLanguageAndNewlines) {
  for (const char* text : {"", "a b\tc\nd", "حکم‌ها", "größer 漢字 🂡", "\"quoted\" \\ %s"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(Printable, EscapesTerminalControls) {
  EXPECT_EQ(Printable("\x1b[31mred\x1b[0m"), "\\u001b[31mred\\u001b[0m");
  EXPECT_EQ(Printable("a\rb\bc\x7f"), "a\\u000db\\u0008c\\u007f");
  EXPECT_EQ(Printable(std::string("a\0b", 3)), "a\\u0000b");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m")
      << "C1's CSI";
  EXPECT_EQ(Printable("\x9b"
                      "31m"),
            "\\x9b31m")
      << "the same as one byte, which is no UTF-8";
}

TEST(Printable, EscapesDirectionControls) {
  EXPECT_EQ(Printable("\u202egpj.exe"), "\\u202egpj.exe");
  EXPECT_EQ(Printable("\u2066a\u2069\u200f\u061c"), "\\u2066a\\u2069\\u200f\\u061c");
  EXPECT_EQ(Printable("a\u2028b"), "a\\u2028b") << "a line that only some readers see";
}

}  // namespace
}  // namespace hakem
