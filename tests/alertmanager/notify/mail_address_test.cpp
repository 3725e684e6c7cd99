#include "alertmanager/notify/mail_address.h"

#include "tests/support/matchers.h"

namespace hakem::alertmanager {
namespace {

TEST(MailAddress, IsAnAddressAlone) {
  const auto address = MailAddress::Parse(" ops@example.com ");
  ASSERT_THAT(address, IsOk());
  EXPECT_EQ(address->name(), "");
  EXPECT_EQ(address->address(), "ops@example.com");
  EXPECT_EQ(address->domain(), "example.com");
}

TEST(MailAddress, MayHaveAName) {
  const auto address = MailAddress::Parse("\"حکم Ops\" <ops@example.com>");
  ASSERT_THAT(address, IsOk());
  EXPECT_EQ(address->name(), "حکم Ops");
  EXPECT_EQ(address->address(), "ops@example.com");
}

class NoMailAddress : public testing::TestWithParam<std::string_view> {};

INSTANTIATE_TEST_SUITE_P(, NoMailAddress,
                         testing::Values("", "ops", "@example.com", "ops@", "a@b@c", "a b@c",
                                         "a@b\r\nBcc: x@y", "Ops\n <a@b>", "<a@b", "a@b,c@d",
                                         "a@b>\r\nRCPT TO:<x@y"));

TEST_P(NoMailAddress, IsRejected) {
  EXPECT_THAT(MailAddress::Parse(GetParam()), HasCode(ErrorCode::kInvalidInput));
}

TEST(MailAddress, SaysWhatToWrite) {
  EXPECT_THAT(MailAddress::Parse("ops\n"),
              HasMessage("\"ops?\" is not a mail address: write ops@example.com or "
                         "Ops <ops@example.com>"));
}

}  // namespace
}  // namespace hakem::alertmanager
