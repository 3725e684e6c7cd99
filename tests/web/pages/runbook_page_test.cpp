#include "web/pages/runbook_page.h"

#include <gmock/gmock.h>

#include <string>

namespace hakem::web {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Render(std::string_view markdown) {
  return RenderRunbookPage(markdown, {.version = "1", .base = "/x"});
}

TEST(RunbookPage, HasASectionWithAnAnchorForEachHeading) {
  const std::string page =
      Render("# Runbook\n\nFirst.\n\n## DatabaseDown\n\nDown.\n\n## B\n\nEnd.");
  EXPECT_THAT(page, HasSubstr("<h2>Runbook</h2>\n<p>First.</p>\n"
                              "<div class=\"card row\" id=\"databasedown\">"
                              "<div class=\"head\"><strong>DatabaseDown</strong></div>\n"
                              "<p>Down.</p>\n</div>\n<div class=\"card row\" id=\"b\">"));
  EXPECT_THAT(page, HasSubstr("<p>End.</p>\n</div>\n<footer>"));
  EXPECT_THAT(page, HasSubstr("href=\"/x/runbook\""));
}

TEST(RunbookPage, JoinsLinesOfParagraphsAndItems) {
  EXPECT_THAT(Render("**Look at**\n- one\n  more\n- two\n\nLast\nline.\n"),
              HasSubstr("<p><strong>Look at</strong></p>\n<ul>\n<li>one more</li>\n<li>two</li>\n"
                        "</ul>\n<p>Last line.</p>\n"));
}

TEST(RunbookPage, RendersTables) {
  EXPECT_THAT(Render("| a | b |\n|---|---|\n| `1` | |\n\nx\n"),
              HasSubstr("<div class=\"wide\"><table>\n<tr><th> a </th><th> b </th></tr>\n"
                        "<tr><td> <code>1</code> </td><td> </td></tr>\n</table></div>\n<p>x</p>"));
}

TEST(RunbookPage, EscapesTextAndCode) {
  EXPECT_THAT(Render("a < b, `x{y=\"**[z](#z)\"}` & c"),
              HasSubstr("<p>a &lt; b, <code>x{y=&quot;**[z](#z)&quot;}</code> &amp; c</p>"));
  EXPECT_THAT(Render("2 * 3, a[0], `open, **open, [open](open"),
              HasSubstr("<p>2 * 3, a[0], `open, **open, [open](open</p>"));
}

TEST(RunbookPage, FollowsLinksToSectionsAndWebAddressesOnly) {
  EXPECT_THAT(Render("[A](#a), [`b`](https://b.example/?x=1&y=2), [c](c.md), [d](javascript:d)"),
              HasSubstr("<p><a href=\"#a\">A</a>, "
                        "<a href=\"https://b.example/?x=1&amp;y=2\"><code>b</code></a>, c, d</p>"));
}

TEST(RunbookPage, UnderstandsEveryFormOfTheShippedRunbook) {
  ASSERT_THAT(std::string(kRunbook), HasSubstr("\n## DatabaseDown\n"));
  const std::string page = Render(kRunbook);
  EXPECT_THAT(page, HasSubstr("id=\"databasedown\""));
  for (const char* left_over : {"**", "`", "](", "<p>#", "<p>|", "<p>- ", "<p>1. "}) {
    EXPECT_THAT(page, Not(HasSubstr(left_over))) << left_over;
  }
}

}  // namespace
}  // namespace hakem::web
