#include "web/health/role_handler.h"

#include <gmock/gmock.h>

namespace hakem::web {
namespace {

using std::chrono::seconds;
using enum Traffic;

constexpr Duration kHold = seconds(15);

struct Server {
  std::string name;
  bool up;
  std::string role;
};

Snapshot SnapshotOf(const std::vector<Server>& servers) {
  MetricFamily info{"hakem_target_info", MetricType::kGauge, "I.", {}};
  MetricFamily up{"pg_up", MetricType::kGauge, "U.", {}};
  for (const Server& server : servers) {
    up.samples.push_back(
        {std::make_shared<const Series>(Labels{{"__name__", "pg_up"}, {"server", server.name}}),
         server.up ? 1.0 : 0.0});
    if (!server.role.empty()) {
      info.samples.push_back(
          {std::make_shared<const Series>(Labels{{"__name__", "hakem_target_info"},
                                                 {"role", server.role},
                                                 {"server", server.name},
                                                 {"version", "15.4"}}),
           1.0});
    }
  }
  return {Timestamp{}, {info, up}};
}

Response Ask(Traffic traffic, const Snapshot& snapshot, std::string query = "",
             Duration age = seconds(1)) {
  return RoleResponse(traffic, &snapshot, {.query = std::move(query)}, age, kHold);
}

TEST(RoleResponse, SendsTrafficByRole) {
  const Snapshot primary = SnapshotOf({{"", true, "primary"}});
  EXPECT_EQ(Ask(kPrimary, primary).status, 200);
  EXPECT_EQ(Ask(kReplica, primary).status, 503);
  EXPECT_EQ(Ask(kReadOnly, primary).status, 200);
  const Snapshot standby = SnapshotOf({{"", true, "standby"}});
  EXPECT_EQ(Ask(kPrimary, standby).status, 503);
  EXPECT_EQ(*Ask(kPrimary, standby).body, "the server is a standby\n");
  EXPECT_EQ(Ask(kReplica, standby).status, 200);
  EXPECT_EQ(Ask(kReadOnly, standby).status, 200);
}

TEST(RoleResponse, SendsNoTrafficToAServerThatIsDownOrUnknown) {
  EXPECT_EQ(Ask(kPrimary, SnapshotOf({{"", false, "primary"}})).status, 503);
  EXPECT_EQ(Ask(kReadOnly, SnapshotOf({{"", true, ""}})).status, 503);
  EXPECT_EQ(RoleResponse(kPrimary, nullptr, {}, Duration(0), kHold).status, 503);
  EXPECT_EQ(Ask(kPrimary, Snapshot{}).status, 503);
}

TEST(RoleResponse, RejectsSnapshotsOlderThanTheMaximumAge) {
  const Snapshot primary = SnapshotOf({{"", true, "primary"}});
  EXPECT_EQ(Ask(kPrimary, primary, "", kHold).status, 200);
  const Response late = Ask(kPrimary, primary, "", kHold + seconds(1));
  EXPECT_EQ(late.status, 503);
  EXPECT_EQ(*late.body, "the last snapshot is 16 s old\n");
}

TEST(RoleResponse, RequiresAServerNameWhenThereAreSeveral) {
  const Snapshot two = SnapshotOf({{"north", true, "primary"}, {"south", true, "standby"}});
  EXPECT_EQ(Ask(kPrimary, two, "server=north").status, 200);
  EXPECT_EQ(Ask(kPrimary, two, "server=south").status, 503);
  EXPECT_EQ(*Ask(kPrimary, two).body,
            "2 servers are watched: choose one by ?server=north or south\n");
  const Response unknown = Ask(kPrimary, two, "server=nort");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(*unknown.body, "unknown server \"nort\", did you mean \"north\"?\n");
}

}  // namespace
}  // namespace hakem::web
