#include "exporter/probe/probed_server.h"

#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/no_free_thread.h"

namespace hakem::exporter {
namespace {

using testing::StartsWith;

TEST(ProbedServer, ReportsThatNoThreadIsFree) {
  const FakeClock clock{};
  const Log log = Log::Silent();
  // The watchdog of its sessions also needs a thread. The first that is started fails.
  const NoFreeThread none;
  const auto server =
      ProbedServer::Start(*config::Conninfo::Parse(Secret("host=/nowhere")), {}, clock, log);
  EXPECT_THAT(server, HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT(server, HasMessage(StartsWith("cannot start a thread: ")));
}

}  // namespace
}  // namespace hakem::exporter
