#include "exporter/probe/probe_handler.h"

#include <gmock/gmock.h>

#include "tests/support/fake_clock.h"

namespace hakem::exporter {
namespace {

using testing::HasSubstr;
using Kind = ProbeDecision::Kind;

class ProbeTest : public testing::Test {
 protected:
  static ProbeOptions Options() {
    ProbeOptions options{.watched_name = "hokm",
                         .watched_address = "db:5432",
                         .hosts = {"replica:5433"},
                         .modules = {},
                         .scrape = {}};
    options.modules["monitor"].SetPassword(Secret("canary"));
    return options;
  }

  static ProbeDecision Decide(std::string_view target, std::string_view module = "monitor") {
    return DecideProbe(Options(), target, module);
  }

  Log log_ = Log::Silent();
  FakeClock clock_;
  Published<Snapshot> watched_;
  ProbeHandler handler_{Options(), watched_, clock_, log_};
};

TEST_F(ProbeTest, RecognisesTheTargetByItsNameAndAddress) {
  EXPECT_EQ(Decide("hokm", "").kind, Kind::kWatched);
  EXPECT_EQ(Decide("db:5432").kind, Kind::kWatched);
}

TEST_F(ProbeTest, CollectsFromListedHostsWithAModule) {
  EXPECT_EQ(Decide("replica:5433").kind, Kind::kCollect);
  EXPECT_EQ(Decide("replica:5433", "").status, 400);
  EXPECT_EQ(Decide("replica:5433", "other").status, 400);
}

TEST_F(ProbeTest, SendsCredentialsNowhereElse) {
  for (const std::string_view target :
       {"replica", "replica:5434", "evil:5433", "REPLICA:5433", "postgresql://replica:5433/x",
        "host=replica port=5433", "replica:5433/x", " replica:5433"}) {
    EXPECT_EQ(Decide(target).kind, Kind::kRefuse) << target;
    EXPECT_EQ(Decide(target).status, 403) << target;
  }
  EXPECT_EQ(Decide("").status, 400);
}

TEST_F(ProbeTest, AnswersForTheTargetFromItsSnapshot) {
  const web::Request request{.method = "GET", .path = "/probe", .query = "target=hokm"};
  EXPECT_EQ(handler_.Handle(request).status, 503);
  MetricFamily up{.name = "pg_up", .type = MetricType::kGauge, .help = "Up.", .samples = {}};
  up.samples.push_back({std::make_shared<const Series>(Labels{{"__name__", "pg_up"}}), 1});
  watched_.Set(std::make_shared<const Snapshot>(Snapshot{.time = {}, .families = {up}}));
  const web::Response response = handler_.Handle(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(*response.body, HasSubstr("pg_up 1"));
}

}  // namespace
}  // namespace hakem::exporter
