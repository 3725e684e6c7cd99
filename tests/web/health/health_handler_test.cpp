#include "web/health/health_handler.h"

#include <gtest/gtest.h>

#include <array>

namespace hakem::web {
namespace {

constexpr SteadyTime kNow = SteadyTime{} + std::chrono::hours(1);

TEST(HealthyResponse, IsOkWhileEveryLoopIterates) {
  const std::array loops{LoopStatus{"scrape loop", kNow},
                         LoopStatus{"rule loop", kNow - std::chrono::seconds(60)}};
  const Response response = HealthyResponse(loops, kNow);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(*response.body, "Hakem is healthy.\n");
}

TEST(HealthyResponse, NamesTheStuckLoop) {
  const std::array loops{LoopStatus{"scrape loop", kNow},
                         LoopStatus{"rule loop", kNow - std::chrono::seconds(61)}};
  const Response response = HealthyResponse(loops, kNow);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(*response.body, "Hakem is not healthy: the rule loop has been stuck for 61 s.\n");
}

TEST(ReadyResponse, NamesTheMissingStep) {
  EXPECT_EQ(ReadyResponse({}).status, 503);
  EXPECT_EQ(*ReadyResponse({}).body, "Hakem is not ready: the configuration is being loaded.\n");
  const Readiness loaded{.configuration_loaded = true};
  EXPECT_EQ(ReadyResponse(loaded).status, 503);
  EXPECT_EQ(*ReadyResponse(loaded).body,
            "Hakem is not ready: the first collection is under way.\n");
}

TEST(ReadyResponse, IsOkOnceTheFirstCollectionHasBeenTried) {
  const Response response =
      ReadyResponse({.configuration_loaded = true, .first_collection_tried = true});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(*response.body, "Hakem is ready.\n");
}

}  // namespace
}  // namespace hakem::web
