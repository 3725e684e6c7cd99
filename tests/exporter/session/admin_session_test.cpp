#include "exporter/session/admin_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hakem::exporter {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What stands last in the startup packet counts, and it outranks ALTER ROLE and ALTER DATABASE.
TEST(AdminSession, SetsItsSettingsAfterTheUsersOwn) {
  config::Conninfo conninfo;
  conninfo.Set("options", "-c search_path=evil -c work_mem=1MB");
  const std::string options = WithPins(conninfo, {}).Get("options");
  EXPECT_THAT(options, StartsWith("-c search_path=evil -c work_mem=1MB "));
  EXPECT_GT(options.rfind("-c search_path=pg_catalog,pg_temp"), options.find("evil"));
  for (const char* pin :
       {"role=none", "default_transaction_read_only=on", "standard_conforming_strings=on",
        "quote_all_identifiers=off", "statement_timeout=2000", "lock_timeout=500"}) {
    EXPECT_THAT(options, HasSubstr(std::string(" -c ") + pin));
  }
}

}  // namespace
}  // namespace hakem::exporter
