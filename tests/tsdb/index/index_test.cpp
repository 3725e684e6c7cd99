#include "tsdb/index/index.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace hakem::tsdb {
namespace {

/// 2,400 series: those of a job follow each other, those of a metric do not.
Index::Series MakeSeries() {
  Index::Series series;
  for (int job = 0; job < 12; ++job) {
    for (int instance = 0; instance < 10; ++instance) {
      for (int metric = 0; metric < 20; ++metric) {
        std::vector<Label> labels{{"__name__", fmt::format("metric_{}", metric)},
                                  {"job", fmt::format("job-{}", job)},
                                  {"instance", fmt::format("host-{}", instance)},
                                  {"number", fmt::format("{}", series.size())}};
        if (metric % 3 == 0) {
          labels.push_back({"zone", instance % 2 == 0 ? "east" : "west"});
        }
        series.push_back(
            std::make_shared<StoredSeries>(std::make_shared<const Series>(Labels(labels))));
      }
    }
  }
  return series;
}

std::vector<Matcher> SomeMatchers(std::mt19937& random) {
  struct Form {
    std::string name;
    std::vector<std::string> values;
    std::vector<std::string> patterns;
  };

  static const std::vector<Form> forms{
      {"__name__", {"metric_3", "metric_9", "metric_99"}, {"metric_1.*", ".*[02468]", "metric_3"}},
      {"job", {"job-4", "job-11", ""}, {"job-(1|2)", "job-.", ".*"}},
      {"instance", {"host-7", "host-0"}, {"host-.*|spare", "host-[3-9]"}},
      {"number", {"7", "2399"}, {"1.*", ".*9"}},
      {"zone", {"east", ""}, {"e.*", "|west"}},
      {"missing", {"", "x"}, {"", ".+"}}};
  const auto one_of = [&](const auto& list) { return list[random() % list.size()]; };
  std::vector<Matcher> matchers;
  const std::size_t count = 1 + random() % 4;
  while (matchers.size() < count) {
    const Form form = one_of(forms);
    const MatchOp op = one_of(std::vector<MatchOp>{
        MatchOp::kEqual, MatchOp::kEqual, MatchOp::kNotEqual, MatchOp::kRegex, MatchOp::kNotRegex});
    const bool is_regex = op == MatchOp::kRegex || op == MatchOp::kNotRegex;
    matchers.push_back(
        *Matcher::Make(form.name, op, one_of(is_regex ? form.patterns : form.values)));
  }
  return matchers;
}

std::string Text(const std::vector<Matcher>& matchers) {
  std::string text;
  for (const Matcher& matcher : matchers) {
    text += fmt::format("{}{}'{}' ", matcher.name(), ToString(matcher.op()), matcher.value());
  }
  return text;
}

TEST(Index, SelectsWhatEachMatcherAccepts) {
  const Index::Series all = MakeSeries();
  const Index index(all);
  std::mt19937 random(3);  // NOLINT(cert-msc51-cpp): the same on every run.
  std::size_t selections = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::vector<Matcher> matchers = SomeMatchers(random);
    std::vector<const StoredSeries*> expected;
    for (const std::shared_ptr<StoredSeries>& series : all) {
      const Labels& labels = series->series()->labels;
      if (std::all_of(matchers.begin(), matchers.end(),
                      [&](const Matcher& matcher) { return matcher.Matches(labels); })) {
        expected.push_back(series.get());
      }
    }
    std::sort(expected.begin(), expected.end(),
              [](const StoredSeries* one, const StoredSeries* other) {
                return one->series()->labels < other->series()->labels;
              });
    ASSERT_EQ(index.Select(matchers), expected) << Text(matchers);
    selections += expected.empty() ? 0U : 1U;
  }
  EXPECT_GT(selections, 1000U);
}

}  // namespace
}  // namespace hakem::tsdb
