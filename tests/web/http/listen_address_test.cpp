#include "web/http/listen_address.h"

#include "tests/support/matchers.h"

namespace hakem::web {
namespace {

struct Good {
  std::string_view text;
  ListenAddress address;
};

class GoodListenAddress : public testing::TestWithParam<Good> {};

TEST_P(GoodListenAddress, IsParsed) {
  EXPECT_THAT(ParseListenAddress(GetParam().text), IsOkAndHolds(GetParam().address));
}

INSTANTIATE_TEST_SUITE_P(All, GoodListenAddress,
                         testing::Values(Good{":9187", {"", 9187}},
                                         Good{"127.0.0.1:0", {"127.0.0.1", 0}},
                                         Good{"localhost:80", {"127.0.0.1", 80}},
                                         Good{"[::1]:9187", {"::1", 9187}}));

struct Bad {
  std::string_view text;
  std::string_view message;
};

class BadListenAddress : public testing::TestWithParam<Bad> {};

TEST_P(BadListenAddress, IsRefusedWithTheReason) {
  EXPECT_THAT(ParseListenAddress(GetParam().text), HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(ParseListenAddress(GetParam().text), HasMessage(std::string(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadListenAddress,
    testing::Values(Bad{"9187",
                        "listen address \"9187\": there is no port; write HOST:PORT, as "
                        "127.0.0.1:9187 or :9187"},
                    Bad{":70000",
                        "listen address \":70000\": the port \"70000\" is no number from 0 to "
                        "65535; write HOST:PORT, as 127.0.0.1:9187 or :9187"},
                    Bad{"example.org:80",
                        "listen address \"example.org:80\": \"example.org\" is no IP address; "
                        "write HOST:PORT, as 127.0.0.1:9187 or :9187"},
                    Bad{"[fe80]:1",
                        "listen address \"[fe80]:1\": \"fe80\" is no IPv6 address; write "
                        "HOST:PORT, as 127.0.0.1:9187 or :9187"}));

TEST(FormatListenAddress, WritesTextThatParsesToTheSameAddress) {
  EXPECT_EQ(FormatListenAddress({"", 9187}), ":9187");
  EXPECT_EQ(FormatListenAddress({"127.0.0.1", 80}), "127.0.0.1:80");
  EXPECT_EQ(FormatListenAddress({"::1", 80}), "[::1]:80");
}

}  // namespace
}  // namespace hakem::web
