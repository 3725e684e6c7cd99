#include "config/target/conninfo.h"

#include <map>

#include "tests/support/matchers.h"

namespace hakem::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Result<Conninfo> Parse(std::string_view dsn) {
  return Conninfo::Parse(Secret(std::string(dsn)));
}

std::string Read(std::string_view dsn) {
  const Result<Conninfo> conninfo = Parse(dsn);
  return conninfo ? conninfo->ToDsn().Reveal() : "error: " + conninfo.error().message;
}

TEST(Conninfo, ReadsBothForms) {
  EXPECT_EQ(Read("host=a user = u password='p \\' w' port=1"),
            R"(host='a' port='1' user='u' password='p \' w')");
  EXPECT_EQ(Read("postgresql://u:p%20w@a:1/d?sslmode=disable"),
            "dbname='d' host='a' port='1' sslmode='disable' user='u' password='p w'");
  EXPECT_EQ(Read(" postgres://h \n"), "host='h'");
  EXPECT_EQ(Read(""), "");
  EXPECT_EQ(Read("postgresql://"), "");
  EXPECT_EQ(Read("postgresql:///d?host=/run/pg&user=a@b"), "dbname='d' host='/run/pg' user='a@b'");
  EXPECT_EQ(Read("postgresql://%2Frun%2Fpg/d"), "dbname='d' host='/run/pg'");
  EXPECT_EQ(Read("postgresql://[fe80::1%25eth0]:2/d?ssl=true"),
            "dbname='d' host='fe80::1%eth0' port='2' sslmode='require'");
}

TEST(Conninfo, AcceptsSeveralHosts) {
  EXPECT_EQ(Read("host=a,b port=1,2"), "host='a,b' port='1,2'");
  EXPECT_EQ(Read("host=a,,b port=1"), "host='a,,b' port='1'");
  EXPECT_EQ(Read("postgresql://u:p,w@a:1,b:2/d?target_session_attrs=primary"),
            "dbname='d' host='a,b' port='1,2' target_session_attrs='primary' user='u' "
            "password='p,w'");
  EXPECT_EQ(Read("postgresql://a,b/d"), "dbname='d' host='a,b'");
  EXPECT_EQ(Read("host=a,b,c port=1,2"),
            "error: port: 2 ports for 3 hosts: there must be one for all, or one for each");
}

TEST(Conninfo, SplitsAUriWithAnAtInThePasswordAsGoDoes) {
  EXPECT_EQ(Read("postgresql://u:x@y@h/d"), "dbname='d' host='h' user='u' password='x@y'");
  EXPECT_EQ(Read("postgresql://u:x@y@z%40@h:5/d?user=v"),
            "dbname='d' host='h' port='5' user='v' password='x@y@z@'");
  EXPECT_EQ(Read("postgresql://u:a:b?c#d@h"), "host='h' user='u' password='a:b?c#d'");
}

TEST(Conninfo, PassesSettingsToTheServerInOptions) {
  EXPECT_EQ(Read("postgresql://h/d?search_path=public&timezone=Asia/Tehran&extra_float_digits=2"),
            "dbname='d' host='h' options='-c search_path=public -c timezone=Asia/Tehran -c "
            "extra_float_digits=2'");
  EXPECT_EQ(Read("host=h options='-c jit=off' search_path='a, \"b\\\\c\"' app.tenant=7"),
            R"(host='h' options='-c jit=off -c search_path=a,\\ "b\\\\c" -c app.tenant=7')");
  EXPECT_EQ(Read("postgresql://h/d?search_path=a&options=-c%20jit%3Doff"),
            "dbname='d' host='h' options='-c jit=off -c search_path=a'");
  EXPECT_EQ(Read("postgresql://h/d?binary_parameters=yes&pool_max_conns=4&sslinline=false"),
            "dbname='d' host='h'");
}

struct BadDsn {
  std::string_view text;
  std::string_view cause;
};

class ConninfoRefuses : public testing::TestWithParam<BadDsn> {};

TEST_P(ConninfoRefuses, InvalidTextsWithoutRepeatingThem) {
  const Result<Conninfo> conninfo = Parse(GetParam().text);
  ASSERT_FALSE(conninfo) << GetParam().text << "\n" << conninfo->ToDsn().Reveal();
  EXPECT_EQ(conninfo.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(conninfo.error().message, AllOf(HasSubstr(std::string(GetParam().cause)),
                                              Not(HasSubstr("CANARY")), Not(HasSubstr("server-a"))))
      << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ConninfoRefuses,
    testing::Values(
        // A password that was not encoded.
        BadDsn{"postgresql://u:CANARY/x@127.0.0.1:1/d", "write %40 for @"},
        BadDsn{"postgresql://u:CANARY/x", "port: the value is not a port"},
        BadDsn{"postgresql://u:12345/CANARY@server-a/d", "write %40 for @"},
        BadDsn{"postgresql://u:12?CANARY@server-a/d=x", "a @ or a ="},
        BadDsn{"postgresql://u:x@y?CANARY=z@server-a/d", "@ behind a ?"},
        BadDsn{"postgresql://u:x@y/p?CANARY=z@server-a/d", "@ and then a /"},
        BadDsn{"postgresql://u:CANARY b@h/d", "no blanks"},
        BadDsn{"postgresql://u:CANARY%4@h/d", "two hexadecimal digits"},
        BadDsn{"postgresql://u:CANARY%00@h/d", "two hexadecimal digits"},
        BadDsn{"postgresql://h/d?password=CANARY&CANARYkey=1", "behind the password"},
        BadDsn{"postgresql://[::1/CANARY", "an IPv6 address"},
        BadDsn{"host=h password=CANARY CANARYrest=x", "behind the password"},
        BadDsn{"host=h password=a CANARY", "a word without a ="},
        BadDsn{"host=h password='CANARY", "quote is not closed"},
        // Keywords are separated by characters that libpq does not take for separators.
        BadDsn{"host=127.0.0.1;user=u;password=CANARY", "host: the value is not the name"},
        BadDsn{"host=127.0.0.1,user=u,password=CANARY", "host: the value is not the name"},
        BadDsn{"user=u;password=CANARY host=h", "user: the value has another parameter"},
        BadDsn{"dbname=d&password=CANARY host=h", "dbname: the value has another parameter"},
        BadDsn{"host=/run;password=CANARY", "host: the value is not the folder"},
        BadDsn{"host=h, password=CANARY, user=u", "a comma or a semicolon"},
        BadDsn{"host=CANARY@h", "host: the value is not the name"},
        BadDsn{"hostaddr='1 CANARY'", "hostaddr: the value is not the name"},
        BadDsn{"host='a CANARY'", "host: the value is not the name"},
        // Values that libpq would repeat when it connects.
        BadDsn{"host=h sslmode=CANARY", "sslmode: the value is none of disable"},
        BadDsn{"host=h sslmode=requir", "did you mean \"require\"?"},
        BadDsn{"host=h connect_timeout=CANARY", "connect_timeout: the value is not a whole number"},
        BadDsn{"host=h gssencmode=CANARY", "gssencmode: the value is none of"},
        BadDsn{"host=h channel_binding=CANARY", "channel_binding: the value is none of"},
        BadDsn{"host=h target_session_attrs=CANARY", "target_session_attrs: the value is none of"},
        BadDsn{"host=h ssl_min_protocol_version=CANARY", "ssl_min_protocol_version: the value"},
        BadDsn{"host=h keepalives_idle=CANARY", "keepalives_idle: the value is not a whole number"},
        BadDsn{"host=h replication=CANARY", "replication: the value is none of"},
        BadDsn{"host=h port=0", "port: the value is not a port"},
        BadDsn{"host=h port=65536", "port: the value is not a port"},
        BadDsn{"host=h sslkey='-----BEGIN PRIVATE KEY----- CANARY'", "sslkey: the value is a key"},
        BadDsn{"host=h sslinline=true sslkey=CANARY", "sslinline"},
        // Unknown keywords.
        BadDsn{"hots=h", "unknown keyword \"hots\", did you mean \"host\"?"},
        BadDsn{"postgresql://h/d?serch_path=x",
               "unknown keyword \"serch_path\", did you mean \"search_path\"?"},
        BadDsn{"postgresql://h/d?sslmod=disable", "did you mean \"sslmode\"?"},
        BadDsn{"postgresql://h/d?CANARY", "has no ="},
        // Two data source names.
        BadDsn{"host=server-a user=u,host=server-b user=u", "2 data source names"},
        BadDsn{"user=u host=server-a dbname=a password=pw,user=u host=h dbname=b password=pw",
               "2 data source names"},
        BadDsn{"host=server-a user=u\nhost=h user=u", "2 data source names"},
        BadDsn{"host=server-a dbname=a password=pw,user=u port=1", "another parameter"},
        BadDsn{"postgresql://u:CANARY@server-a/x,\tpostgresql://u:CANARY@h/x",
               "2 data source names"},
        BadDsn{"postgresql://server-a/x;postgres://h/x postgres://i/x", "3 data source names"},
        BadDsn{"host=server-a dbname=x, postgres://h/x", "2 data source names"},
        BadDsn{"postgresql://server-a/x,host=h dbname=x", "no blanks"},
        BadDsn{"postgresql://server-a/x,host=h", "a @ or a ="},
        BadDsn{"postgresql://server-a/x?sslmode=disable,host=h", "sslmode: the value is none of"},
        BadDsn{"postgresql://server-a/x?user=u,dbname=y", "user: the value has another parameter"},
        BadDsn{"postgresql://h/x?sslmode=disable&sslmode=require", "2 data source names"}));

TEST(Conninfo, MasksSecretsByTheKindOfParameter) {
  const auto masked = [](std::string_view dsn) { return Parse(dsn).value().Masked(); };
  EXPECT_EQ(masked("host=h user=u sslpassword=CANARY password=CANARY"),
            "host=h user=u password=<secret> sslpassword=<secret>");
  EXPECT_EQ(masked("postgresql://h/d?sslpassword=CANARY"), "dbname=d host=h sslpassword=<secret>");
  EXPECT_EQ(Parse("sslpassword=CANARY")->Get("sslpassword"), "");
  EXPECT_EQ(masked("host=h options='-c app.token=CANARY -c jit=off'"),
            "host=h options='-c app.token=<secret> -c jit=off'");
  EXPECT_EQ(masked("host=h app.token=CANARY search_path=public"),
            "host=h options='-c app.token=<secret> -c search_path=public'");
}

TEST(Conninfo, MasksSecretsInOptionsInEverySpelling) {
  EXPECT_EQ(MaskedOptions("-capp.t=CANARY --app.t=CANARY"), "-capp.t=<secret> --app.t=<secret>");
  EXPECT_EQ(MaskedOptions("-c  app.t=CAN\\ ARY -c statement_timeout=5s"),
            "-c  app.t=<secret> -c statement_timeout=5s");
  EXPECT_EQ(MaskedOptions("-c TimeZone=UTC --search_path=a"), "-c TimeZone=UTC --search_path=a");
  EXPECT_EQ(MaskedOptions("CANARY -X CANARY -c CANARY"), "<secret> <secret> <secret> -c <secret>");
  EXPECT_EQ(MaskedOptions(""), "");
}

TEST(Conninfo, ReturnsItsSecrets) {
  const auto secrets =
      Parse("host=h user=u password=p1 sslpassword=p2 options='-c app.t=p3 -c jit=off'")->Secrets();
  std::vector<std::string> texts;
  for (const Secret& secret : secrets) {
    texts.push_back(secret.Reveal());
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"p1", "p2", "p3"}));
}

TEST(Conninfo, ChecksTheVariablesThatLibpqWouldUse) {
  const auto check = [](std::string_view dsn, std::map<std::string, std::string> variables) {
    return CheckLibpqVariables(*Parse(dsn), [&](const std::string& name) {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
  };
  EXPECT_THAT(check("", {{"PGPORT", "5433"}, {"PGHOST", "a,b"}, {"PGUSER", "x=y"}}), IsOk());
  EXPECT_THAT(check("", {{"PGPORT", "tcp://10.0.0.1:5432"}}),
              HasMessage("PGPORT: \"tcp://10.0.0.1:5432\" is not a port (1 to 65535)"));
  EXPECT_THAT(check("port=1", {{"PGPORT", "tcp://10.0.0.1:5432"}}), IsOk());
  EXPECT_THAT(check("", {{"PGHOST", "CANARY@h"}}),
              HasMessage(AllOf(HasSubstr("PGHOST: "), Not(HasSubstr("CANARY")))));
  EXPECT_THAT(check("", {{"PGSSLMODE", "CANARY"}}),
              HasMessage(AllOf(HasSubstr("PGSSLMODE: "), Not(HasSubstr("CANARY")))));
}

}  // namespace
}  // namespace hakem::config
