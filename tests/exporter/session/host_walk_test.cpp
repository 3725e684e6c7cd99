#include "exporter/session/host_walk.h"

#include <gmock/gmock.h>

#include <map>

namespace hakem::exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

/// A connection string's hosts as they are tried: `host hostaddr port attributes`.
std::vector<std::string> Tried(const std::map<std::string, std::string>& parameters) {
  config::Conninfo conninfo;
  for (const auto& [keyword, value] : parameters) {
    conninfo.Set(keyword, value);
  }
  std::vector<std::string> tried;
  for (const config::Conninfo& attempt : HostAttempts(conninfo, [](const std::string& host) {
         return host == "two" ? std::vector<std::string>{"192.0.2.1", "192.0.2.2"}
                              : std::vector<std::string>{"192.0.2.9"};
       })) {
    tried.push_back(attempt.Get("host") + "/" + attempt.Get("hostaddr") + "/" +
                    attempt.Get("port") + "/" + attempt.Get("target_session_attrs"));
  }
  return tried;
}

TEST(HostAttempts, LeavesOneAddressToLibpq) {
  EXPECT_THAT(Tried({{"host", "one"}, {"port", "5432"}}), ElementsAre("one//5432/"));
  EXPECT_THAT(Tried({{"host", "127.0.0.1"}, {"port", "1"}}), ElementsAre("127.0.0.1//1/"));
  EXPECT_THAT(Tried({{"host", "/run/postgresql"}, {"port", "1"}}),
              ElementsAre("/run/postgresql//1/"));
}

TEST(HostAttempts, TriesEachHostAndEachAddress) {
  EXPECT_THAT(Tried({{"host", "one,two"}, {"port", "1,2"}}),
              ElementsAre("one//1/", "two/192.0.2.1/2/", "two/192.0.2.2/2/"));
  EXPECT_THAT(Tried({{"host", "a,b"}, {"hostaddr", "10.0.0.1,10.0.0.2"}, {"port", "5"}}),
              ElementsAre("a/10.0.0.1/5/", "b/10.0.0.2/5/"));
  EXPECT_THAT(Tried({{"hostaddr", "10.0.0.1,10.0.0.2"}, {"port", "5"}}),
              ElementsAre("/10.0.0.1/5/", "/10.0.0.2/5/"));
}

TEST(HostAttempts, LeavesListsOfDifferentLengthsToLibpq) {
  EXPECT_THAT(Tried({{"host", "a,b,c"}, {"port", "1,2"}}), ElementsAre("a,b,c//1,2/"));
  EXPECT_THAT(Tried({{"host", "a,b"}, {"hostaddr", "10.0.0.1"}, {"port", "1"}}),
              ElementsAre("a,b/10.0.0.1/1/"));
}

TEST(HostAttempts, TriesAllHostsForAStandbyFirst) {
  EXPECT_THAT(Tried({{"host", "a,b"}, {"port", "1"}, {"target_session_attrs", "prefer-standby"}}),
              ElementsAre("a//1/standby", "b//1/standby", "a//1/any", "b//1/any"));
  EXPECT_THAT(Tried({{"host", "a"}, {"port", "1"}, {"target_session_attrs", "prefer-standby"}}),
              ElementsAre("a//1/prefer-standby"));
}

TEST(HostAttempts, LeavesTheHostsOfAServiceToLibpq) {
  EXPECT_THAT(Tried({{"service", "game"}}), ElementsAre("///"));
}

TEST(AttemptLimit, IsAnEqualShareOfTheTimeLeft) {
  EXPECT_EQ(AttemptLimit(seconds(5), 1, Duration(0)), seconds(5));
  EXPECT_EQ(AttemptLimit(seconds(5), 2, Duration(0)), milliseconds(2500));
  EXPECT_EQ(AttemptLimit(seconds(5), 2, seconds(2)), seconds(2));
  EXPECT_EQ(AttemptLimit(seconds(5), 4, seconds(2)), milliseconds(1250));
}

TEST(ConnectTimeout, IsParsedLikeLibpqDoes) {
  EXPECT_EQ(ConnectTimeout(""), Duration(0));
  EXPECT_EQ(ConnectTimeout("0"), Duration(0));
  EXPECT_EQ(ConnectTimeout("-1"), Duration(0));
  EXPECT_EQ(ConnectTimeout("1"), seconds(2));
  EXPECT_EQ(ConnectTimeout("10"), seconds(10));
}

}  // namespace
}  // namespace hakem::exporter
