#include "web/pages/landing_page.h"

#include <gmock/gmock.h>

#include <array>

#include "tests/web/rules_fixture.h"

namespace hakem::web {
namespace {

using testing::HasSubstr;
using testing::Not;

MetricFamily Gauge(const std::string& name, const std::vector<double>& values) {
  MetricFamily family{name, MetricType::kGauge, "Help.", {}};
  for (const double value : values) {
    family.samples.push_back({std::make_shared<const Series>(Labels{{"__name__", name}}), value});
  }
  return family;
}

TEST(LandingPage, ShowsWhatIsNotKnownYet) {
  const std::string page = RenderLandingPage({.version = "1.2.3", .now = At(0)});
  EXPECT_THAT(page, HasSubstr("<h1>Hakem <small>1.2.3</small></h1>"));
  EXPECT_THAT(page, HasSubstr("The first collection has not ended yet."));
  EXPECT_THAT(page, HasSubstr("The rules have not been evaluated yet."));
  EXPECT_THAT(page, HasSubstr("Nothing has been collected yet"));
  EXPECT_THAT(page, Not(HasSubstr("<h2>The game</h2>")));
}

TEST(LandingPage, LinksToOtherPages) {
  const std::string page = RenderLandingPage({.version = "1", .now = At(0)});
  for (const auto* path : {"/metrics", "/api/v1/alerts", "/api/v1/rules", "/-/healthy"}) {
    EXPECT_THAT(page, HasSubstr(std::string("href=\"") + path + '"'));
  }
}

TEST(LandingPage, ShowsSinceWhenATargetIsUpOrDown) {
  const std::array targets{TargetStatus{"hokm", true, At(0), ""},
                           TargetStatus{"shelem", false, At(7000), "connection refused"}};
  const std::string page = RenderLandingPage({.version = "1", .now = At(7384), .targets = targets});
  EXPECT_THAT(page, HasSubstr(R"(<strong>hokm</strong> <span class="pill good">up</span>)"));
  EXPECT_THAT(page, HasSubstr(R"(for <time datetime="2026-01-01T00:00:00Z" )"
                              R"(title="since 2026-01-01T00:00:00Z">2h3m</time>)"));
  EXPECT_THAT(page, HasSubstr(R"(<strong>shelem</strong> <span class="pill bad">down</span>)"));
  EXPECT_THAT(page, HasSubstr(">6m24s</time>"));
  EXPECT_THAT(page, HasSubstr("<p>connection refused</p>"));
}

TEST(LandingPage, AddsUpTheFiguresOfAllGames) {
  const Snapshot snapshot{At(0),
                          {Gauge("game_active_games", {1200, 34}),
                           Gauge("game_moves_per_minute", {12.25}), Gauge("pg_up", {1})}};
  const std::string page = RenderLandingPage({.version = "1", .now = At(0), .snapshot = &snapshot});
  EXPECT_THAT(page, HasSubstr(R"(<div class="figure">1,234</div><div class="label">active games)"));
  EXPECT_THAT(page, HasSubstr(R"(<div class="figure">12.2</div><div class="label">moves per)"));
  EXPECT_THAT(page, Not(HasSubstr("players online")));
  EXPECT_THAT(page, HasSubstr("Figures of 2026-01-01T00:00:00Z"));
}

TEST(LandingPage, ShowsFiringAlertsBeforePendingOnes) {
  rules::RulesStatus rules = SampleRules();
  std::vector<rules::ActiveAlert>& alerts = Edit(rules, 0).rules[0].alerts;
  std::swap(alerts[0], alerts[1]);
  const std::string page = RenderLandingPage({.version = "1", .now = At(70), .rules = &rules});
  const auto firing = page.find(R"(<span class="pill bad">firing</span>)");
  const auto pending = page.find(R"(<span class="pill warn">pending</span>)");
  ASSERT_NE(firing, page.npos);
  ASSERT_NE(pending, page.npos);
  EXPECT_LT(firing, pending);
  EXPECT_THAT(page, HasSubstr("<p>hokm has 250 active games</p>"));
  EXPECT_THAT(page, HasSubstr(">30s</time>")) << "since it began to fire";
}

TEST(LandingPage, ShowsThatNoAlertIsFiring) {
  const rules::RulesStatus rules;
  EXPECT_THAT(RenderLandingPage({.version = "1", .now = At(0), .rules = &rules}),
              HasSubstr("No alert fires."));
}

TEST(LandingPage, EscapesTexts) {
  rules::RulesStatus rules = SampleRules();
  Edit(rules, 0).rules[0].alerts[0].annotations["summary"] = "<script>alert('x')</script>";
  Edit(rules, 0).rules[0].alerts[0].labels = {{"alertname", "<b>"}, {"game", "\"><i>"}};
  const std::array targets{TargetStatus{"<u>", false, At(0), "<s>"}};
  const std::string page =
      RenderLandingPage({.version = "<em>", .now = At(0), .rules = &rules, .targets = targets});
  for (const auto* tag : {"<script", "<b>", "<i>", "<u>", "<s>", "<em>"}) {
    EXPECT_THAT(page, Not(HasSubstr(tag)));
  }
}

}  // namespace
}  // namespace hakem::web
