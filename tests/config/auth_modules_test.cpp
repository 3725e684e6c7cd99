#include "config/auth_modules.h"

#include "tests/support/matchers.h"

namespace hakem::config {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<AuthModules> Parse(std::string_view text) {
  return ParseAuthModules(text, "pe.yml", [](const std::string& name) {
    return name == "PASSWORD" ? std::optional<std::string>("p w'd") : std::nullopt;
  });
}

TEST(AuthModules, AreReadFromAFileOfPostgresExporter) {
  const auto modules = Parse(R"(
auth_modules:
  first:
    type: userpass
    userpass: {username: monitor, password: "${PASSWORD}"}
    options: {sslmode: disable, dbname: game}
)");
  ASSERT_THAT(modules, IsOk());
  EXPECT_EQ(modules->at("first").ToDsn().Reveal(),
            R"(dbname='game' sslmode='disable' user='monitor' password='p w\'d')");
}

TEST(AuthModules, AreEmptyForAnEmptyFile) {
  EXPECT_THAT(Parse("{}"), IsOkAndHolds(testing::IsEmpty()));
}

TEST(AuthModules, ReportTheFirstErrorWithItsPlace) {
  EXPECT_THAT(Parse("auth_modules: {a: {type: kerberos}}"),
              HasMessage("pe.yml:1:26: type: \"kerberos\" is not userpass"));
  EXPECT_THAT(Parse("auth_modules: {a: {type: userpass, userpas: {}}}"),
              HasMessage(HasSubstr("did you mean \"userpass\"?")));
  EXPECT_THAT(Parse("auth_modules: {a: {type: userpass, options: {sslmod: disable}}}"),
              HasMessage(HasSubstr("unknown keyword \"sslmod\", did you mean \"sslmode\"?")));
}

TEST(AuthModules, PassSettingsToTheServerInOptions) {
  const auto modules = Parse(
      "auth_modules: {a: {type: userpass, options: {search_path: \"a b\", options: -c jit=off}}}");
  ASSERT_THAT(modules, IsOk());
  EXPECT_EQ(modules->at("a").Masked(), R"(options='-c jit=off -c search_path=a\\ b')");
}

TEST(AuthModules, DoNotRepeatAnInvalidValueInTheMessage) {
  EXPECT_THAT(Parse("auth_modules: {a: {type: userpass, options: {sslmode: canary}}}"),
              HasMessage(Not(HasSubstr("canary"))));
}

TEST(AuthModules, DoNotRepeatAPasswordInTheMessage) {
  const auto modules =
      Parse("auth_modules: {a: {type: userpass, userpass: {username: u, password: [canary]}}}");
  EXPECT_THAT(modules, HasMessage(Not(HasSubstr("canary"))));
}

}  // namespace
}  // namespace hakem::config
