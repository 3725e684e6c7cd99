#include "config/target/database_filter.h"

#include <gtest/gtest.h>

namespace hakem::config {
namespace {

TEST(DatabaseFilter, AdmitsAllDatabasesByDefault) {
  EXPECT_TRUE(DatabaseFilter{}.Admits("hokm"));
}

TEST(DatabaseFilter, AdmitsDatabasesThatAreIncludedAndNotExcluded) {
  const DatabaseFilter filter{.include = {"hokm_*", "shop"}, .exclude = {"*_test"}};
  EXPECT_TRUE(filter.Admits("hokm_game"));
  EXPECT_TRUE(filter.Admits("shop"));
  EXPECT_FALSE(filter.Admits("hokm_test"));
  EXPECT_FALSE(filter.Admits("shopping"));
}

}  // namespace
}  // namespace hakem::config
