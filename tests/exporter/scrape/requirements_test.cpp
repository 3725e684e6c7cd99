#include "exporter/scrape/requirements.h"

#include <gmock/gmock.h>

namespace hakem::exporter {
namespace {

using collectors::Requirements;
using collectors::Role;
using collectors::ServerFacts;
using testing::Optional;

ServerFacts Facts(int version, bool in_recovery = false) {
  ServerFacts facts;
  facts.version = version;
  facts.in_recovery = in_recovery;
  facts.extensions = {"plpgsql"};
  return facts;
}

TEST(UnmetRequirement, IsNothingForACollectorWithoutRequirements) {
  EXPECT_EQ(UnmetRequirement({}, Facts(130000)), std::nullopt);
}

TEST(UnmetRequirement, NamesTheVersionThatIsNeeded) {
  EXPECT_THAT(UnmetRequirement({.min_version = 160000}, Facts(150004)),
              Optional(std::string("needs PostgreSQL 16, the server is 15.4")));
  EXPECT_EQ(UnmetRequirement({.min_version = 160000}, Facts(160000)), std::nullopt);
  EXPECT_THAT(UnmetRequirement({.max_version = 169999}, Facts(170001)),
              Optional(std::string("ends with PostgreSQL 16, the server is 17.1")));
  EXPECT_EQ(UnmetRequirement({.max_version = 169999}, Facts(169999)), std::nullopt);
}

TEST(UnmetRequirement, NamesTheRoleThatIsNeeded) {
  EXPECT_THAT(UnmetRequirement({.role = Role::kPrimary}, Facts(150000, true)),
              Optional(std::string("runs on a primary, this is a standby")));
  EXPECT_THAT(UnmetRequirement({.role = Role::kStandby}, Facts(150000)),
              Optional(std::string("runs on a standby, this is a primary")));
}

TEST(UnmetRequirement, NamesTheExtensionThatIsNeeded) {
  EXPECT_THAT(UnmetRequirement({.extension = "pg_stat_statements"}, Facts(150000)),
              Optional(std::string("needs the extension pg_stat_statements")));
  EXPECT_EQ(UnmetRequirement({.extension = "plpgsql"}, Facts(150000)), std::nullopt);
}

}  // namespace
}  // namespace hakem::exporter
