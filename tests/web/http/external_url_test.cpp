#include "web/http/external_url.h"

#include <gmock/gmock.h>

#include "tests/support/matchers.h"

namespace hakem::web {
namespace {

TEST(ExternalUrl, LosesSlashesAtItsEnd) {
  EXPECT_THAT(ParseExternalUrl("http://h:9187"), IsOkAndHolds("http://h:9187"));
  EXPECT_THAT(ParseExternalUrl("http://h:9187/"), IsOkAndHolds("http://h:9187"));
  EXPECT_THAT(ParseExternalUrl("https://h/x/"), IsOkAndHolds("https://h/x"));
  EXPECT_THAT(ParseExternalUrl("https://h/x/y//"), IsOkAndHolds("https://h/x/y"));
  EXPECT_THAT(ParseExternalUrl("http://[::1]:80/x"), IsOkAndHolds("http://[::1]:80/x"));
}

TEST(ExternalUrl, IsRefusedWhenLinksCannotBeginWithIt) {
  EXPECT_THAT(ParseExternalUrl("h/x"),
              HasMessage("\"h/x\" is not a web address: it must begin with http:// or https://"));
  EXPECT_THAT(ParseExternalUrl("javascript:alert(1)"),
              HasMessage("\"javascript:alert(1)\" is not a web address: it must begin "
                         "with http:// or https://"));
  EXPECT_THAT(ParseExternalUrl("http:///x"), HasMessage("\"http:///x\" has no host"));
  EXPECT_THAT(ParseExternalUrl("http://"), HasMessage("\"http://\" has no host"));
  EXPECT_THAT(ParseExternalUrl("http://h/?a=b"),
              HasMessage("\"http://h/?a=b\" has a query or a fragment, so that no page's name can "
                         "stand behind it"));
  EXPECT_THAT(ParseExternalUrl("http://h/\"x"),
              HasMessage("\"http://h/\"x\" holds a character that no web address has"));
}

TEST(ExternalUrl, ShowsNoUserInItsError) {
  const auto parsed = ParseExternalUrl("http://ops:geheim@h/x");
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().message, testing::Not(testing::HasSubstr("geheim")));
}

TEST(ExternalUrl, HasAPathOrNone) {
  EXPECT_EQ(PathOfUrl("http://h:9187"), "");
  EXPECT_EQ(PathOfUrl("https://h/x/y"), "/x/y");
  EXPECT_EQ(PathOfUrl(""), "");
}

}  // namespace
}  // namespace hakem::web
