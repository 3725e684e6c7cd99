#include "format/html.h"

#include <gtest/gtest.h>

namespace hakem {
namespace {

TEST(EscapeHtml, EscapesEveryCharacterOfMarkup) {
  EXPECT_EQ(EscapeHtml(R"(<a href="x" id='y'>&)"),
            "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;");
}

}  // namespace
}  // namespace hakem
