#include "promql/evaluation/shared_values.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "model/deep_thread.h"
#include "model/memory_account.h"
#include "promql/engine.h"
#include "promql/parsing/parser.h"
#include "tests/support/matchers.h"
#include "tsdb/store/store.h"

namespace hakem::promql {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;

constexpr Timestamp kNow{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

/// A store that counts how often it is read.
class CountingStore final : public tsdb::Queryable {
 public:
  CountingStore() {
    for (int age = 5; age >= 0; --age) {
      std::vector<Sample> samples;
      for (const char* game : {"hokm", "shelem"}) {
        samples.push_back({std::make_shared<const Series>(
                               Labels{{"__name__", "games"}, {"game", std::string(game)}}),
                           100.0 - age});
      }
      store_.Append(kNow - seconds(10 * age), samples);
    }
  }

  std::vector<tsdb::SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                           Timestamp until) const override {
    ++reads_;
    return store_.Select(matchers, after, until);
  }

  int reads() const { return reads_; }

 private:
  tsdb::Store store_;
  mutable int reads_ = 0;
};

/// Evaluates queries that share what they have in common.
class SharedValuesTest : public ::testing::Test {
 protected:
  void Parse(std::initializer_list<std::string_view> queries) {
    std::vector<const Expr*> pointers;
    for (const std::string_view query : queries) {
      auto parsed = promql::Parse(query);
      ASSERT_THAT(parsed, IsOk());
      exprs_.push_back(*std::move(parsed));
      pointers.push_back(exprs_.back().get());
    }
    expressions_ =
        SharedExpressions(pointers, [](std::string_view metric) { return metric == "changing"; });
  }

  /// Evaluates all queries with shared values, and checks that each has the value that it has
  /// alone.
  void Evaluate(Timestamp time, SharedValues& shared) {
    for (const ExprPtr& expr : exprs_) {
      const auto alone = EvaluateInstant(*expr, store_, time);
      const int before = store_.reads();
      const auto together = EvaluateInstant(*expr, store_, time, {.shared = &shared});
      reads_.push_back(store_.reads() - before);
      ASSERT_THAT(alone, IsOk());
      ASSERT_THAT(together, IsOk());
      EXPECT_EQ(Text(together->value), Text(alone->value));
    }
  }

  static std::string Text(const Value& value) {
    std::string text;
    for (const VectorElement& element : std::get<Vector>(value)) {
      text += fmt::format("{} {}; ", FormatSeries(element.labels), element.value);
    }
    return text;
  }

  CountingStore store_;
  std::vector<ExprPtr> exprs_;
  SharedExpressions expressions_;
  std::vector<int> reads_;  ///< How often each query has read the store.
};

TEST_F(SharedValuesTest, AreComputedOnce) {
  Parse({"sum(rate(games[1m])) > 1", "-sum(rate(games[1m]))", "sum (rate(games[60s])) + 0",
         "max(rate(games[1m]))"});
  SharedValues shared(expressions_, kNow);
  Evaluate(kNow, shared);
  EXPECT_THAT(reads_, ElementsAre(1, 0, 0, 0));
  EXPECT_EQ(shared.hits(), 3U);
}

TEST_F(SharedValuesTest, IncludeSelectors) {
  Parse({"games{game=\"hokm\"} > 1", "games{game=\"hokm\"} > 2", "games{game=\"shelem\"} > 1"});
  SharedValues shared(expressions_, kNow);
  Evaluate(kNow, shared);
  EXPECT_THAT(reads_, ElementsAre(1, 0, 1));
}

TEST_F(SharedValuesTest, CountOnlyAtTheirTime) {
  Parse({"games > 1", "games > 2"});
  SharedValues shared(expressions_, kNow);
  Evaluate(kNow - seconds(10), shared);
  EXPECT_THAT(reads_, ElementsAre(1, 1));
  EXPECT_EQ(shared.hits(), 0U);
}

TEST_F(SharedValuesTest, LeaveOutMetricsThatChange) {
  Parse({"changing", "changing", "sum(changing or games)", "sum(changing or games)"});
  SharedValues shared(expressions_, kNow);
  Evaluate(kNow, shared);
  EXPECT_THAT(reads_, ElementsAre(1, 1, 2, 1)) << "games alone is shared";
}

TEST_F(SharedValuesTest, LeaveOutMetricsThatAreNotNamed) {
  Parse({"{game=\"hokm\"}", "{game=\"hokm\"}", "{__name__=~\"ga.*\"}", "{__name__=~\"ga.*\"}"});
  EXPECT_EQ(expressions_.size(), 0U);
}

TEST_F(SharedValuesTest, AreFoundBelowDifferentOperators) {
  Parse({"max by (game) (games offset 10s)", "max by (game) (games offset 20s)",
         "max without (game) (games offset 10s)", "min by (game) (games offset 10s)",
         "abs(games offset 10s)", "round(games offset 10s, 2)", "round(games offset 10s, 3)",
         "-(games offset 10s)", "max by (game) (games offset 10s)"});
  SharedValues shared(expressions_, kNow);
  Evaluate(kNow, shared);
  EXPECT_THAT(reads_, ElementsAre(1, 1, 0, 0, 0, 0, 0, 0, 0));
}

TEST_F(SharedValuesTest, DistinguishTextsThatLookLikeNumbersOfOperands) {
  Parse({"label_replace(games, \"a\", \"#0;\", \"game\", \".*\")",
         "label_replace(games, \"a\", \"#1;\", \"game\", \".*\")", "count_values(\"#0;\", games)",
         "count_values(\"#1;\", games)"});
  SharedValues shared(expressions_, kNow);
  Evaluate(kNow, shared);
  EXPECT_EQ(expressions_.size(), 1U) << "only games is shared";
}

TEST(SharedExpressions, TakeMemoryInProportionToTheTextHoweverDeeplyItIsNested) {
  RunDeep([] {
    constexpr std::size_t kDepth = 400;
    constexpr std::size_t kMostBytes = 4'000'000;
    std::string query = "games{game=\"" + std::string(250'000, 'a') + "\"}";
    for (std::size_t i = 0; i < kDepth; ++i) {
      query.insert(0, i % 2 == 0 ? "sum(" : "max(");
      query += ")";
    }
    const Result<ExprPtr> expr = promql::Parse(query);
    ASSERT_THAT(expr, IsOk());
    const Expr* const pointers[] = {expr->get(), expr->get()};
    MemoryBudget budget(0);
    MemoryAccount account(budget, {.own_bytes = kMostBytes, .most_bytes = kMostBytes});
    const MemoryAccount::Charging charging(account);
    const SharedExpressions shared(pointers, [](std::string_view) { return false; });
    EXPECT_EQ(shared.size(), kDepth + 1);
  });
}

TEST_F(SharedValuesTest, DoNotReachIntoSubqueries) {
  Parse({"max_over_time(sum(games)[1m:10s])", "sum(games)", "max_over_time(sum(games)[1m:10s])"});
  SharedValues shared(expressions_, kNow);
  Evaluate(kNow, shared);
  EXPECT_THAT(reads_, ElementsAre(1, 1, 0));
}

TEST_F(SharedValuesTest, CountTheSeriesThatTheirSelectorsFound) {
  Parse({"sum(rate(games[1m])) > 1", "-sum(rate(games[1m])) + on () games{game=\"hokm\"}"});
  SharedValues shared(expressions_, kNow);
  std::size_t read = 0;
  ASSERT_THAT(EvaluateInstant(*exprs_[0], store_, kNow, {.shared = &shared, .series_read = &read}),
              IsOk());
  EXPECT_EQ(read, 2U);
  ASSERT_THAT(EvaluateInstant(*exprs_[1], store_, kNow, {.shared = &shared, .series_read = &read}),
              IsOk());
  EXPECT_EQ(shared.hits(), 1U);
  EXPECT_EQ(read, 3U);
}

TEST_F(SharedValuesTest, KeepTheOrderOfSort) {
  Parse({"sort_desc(games + on (game) games)", "sort_desc(games + on (game) games)"});
  SharedValues shared(expressions_, kNow);
  Evaluate(kNow, shared);
  EXPECT_EQ(reads_.back(), 0);
}

}  // namespace
}  // namespace hakem::promql
