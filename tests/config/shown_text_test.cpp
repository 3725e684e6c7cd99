#include "config/shown_text.h"

#include <gtest/gtest.h>

namespace hakem::config {
namespace {

TEST(ShownText, MasksUserPasswordAndQueryOfAWebAddress) {
  EXPECT_EQ(MaskedUrl("https://hakem.example.com/h"), "https://hakem.example.com/h");
  EXPECT_EQ(MaskedUrl("https://u:CANARY@h:1/p"), "https://u:<secret>@h:1/p");
  EXPECT_EQ(MaskedUrl("https://u:CAN@ARY@h"), "https://u:<secret>@h");
  EXPECT_EQ(MaskedUrl("https://CANARY@h"), "https://<secret>@h");
  EXPECT_EQ(MaskedUrl("u:CANARY@h"), "u:<secret>@h");
  EXPECT_EQ(MaskedUrl("https://h/?a=CANARY&CANARY&b=CANARY#CANARY"),
            "https://h/?a=<secret>&<secret>&b=<secret>#<secret>");
  EXPECT_EQ(MaskedUrl(""), "");
}

TEST(ShownText, RemovesUserQueryAndFragmentFromAPublicAddress) {
  EXPECT_EQ(PublicUrl("https://u:CANARY@h:1/p?token=CANARY#CANARY"), "https://h:1/p");
  EXPECT_EQ(PublicUrl("https://h/a@b"), "https://h/a@b");
  EXPECT_EQ(PublicUrl(""), "");
}

TEST(ShownText, MasksAllOfACommandButTheProgram) {
  EXPECT_EQ(MaskedCommand("/usr/bin/vault read -field=CANARY x"), "/usr/bin/vault <secret>");
  EXPECT_EQ(MaskedCommand(" pass "), "pass");
  EXPECT_EQ(MaskedCommand("TOKEN=CANARY vault read"), "<secret>");
  EXPECT_EQ(MaskedCommand("echo;CANARY"), "<secret>");
  EXPECT_EQ(MaskedCommand("'CANARY'"), "<secret>");
  EXPECT_EQ(MaskedCommand(""), "");
}

}  // namespace
}  // namespace hakem::config
