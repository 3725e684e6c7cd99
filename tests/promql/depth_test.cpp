// The deepest expressions that are accepted fit on the stack of the threads that process them.
#include <gmock/gmock.h>
#include <pthread.h>

#include <cstdint>
#include <iostream>
#include <sstream>

#include "model/deep_thread.h"
#include "promql/engine.h"
#include "promql/evaluation/durations.h"
#include "promql/parsing/parser.h"
#include "promql/syntax/pretty_printer.h"
#include "promql/syntax/printer.h"
#include "tests/support/matchers.h"
#include "tests/support/promql/deep_forms.h"
#include "tsdb/import/openmetrics_import.h"
#include "tsdb/store/store.h"

namespace hakem::promql {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t kSeed = 20261130;
constexpr std::size_t kGenerated = 1000;
constexpr Duration kShortly = std::chrono::milliseconds(100);  // Enough to reach the depth.
constexpr std::string_view kData =
    "# TYPE a gauge\na{i=\"1\"} 1 600\na{i=\"1\"} 2 660\na{i=\"2\"} 3 660\n# EOF\n";

#if defined(__GNUC__)
#define NOT_SANITIZED __attribute__((no_sanitize("address"), no_sanitize("undefined"), noinline))
#endif

/// Measures how much of a deep stack some work touches: fills the stack with a pattern first, and
/// checks afterwards how much of it was overwritten.
class PaintedStack {
 public:
  NOT_SANITIZED PaintedStack() {
    pthread_attr_t attributes{};
    pthread_getattr_np(pthread_self(), &attributes);
    void* lowest = nullptr;
    std::size_t size = 0;
    pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_destroy(&attributes);
    lowest_ = static_cast<volatile std::uint64_t*>(lowest);
    auto* top = static_cast<std::byte*>(__builtin_frame_address(0)) - kOwnFrames;
    top -= reinterpret_cast<std::uintptr_t>(top) % sizeof *top_;
    top_ = reinterpret_cast<volatile std::uint64_t*>(top);
    for (volatile std::uint64_t* word = lowest_; word < top_; ++word) {
      *word = kPaint;
    }
  }

  NOT_SANITIZED std::size_t UsedBytes() const {
    volatile std::uint64_t* word = lowest_;
    while (word < top_ && *word == kPaint) {
      ++word;
    }
    return static_cast<std::size_t>(top_ - word) * sizeof *word + kOwnFrames;
  }

 private:
  static constexpr std::uint64_t kPaint = 0x5ad0ac0de5ad0ac0;
  static constexpr std::size_t kOwnFrames = 4096;  ///< Stack of this class' own functions.

  volatile std::uint64_t* lowest_;
  volatile std::uint64_t* top_;
};

/// Parses and prints.
ExprPtr Read(const std::string& query) {
  auto parsed = Parse(query, Features::All());
  EXPECT_THAT(parsed, IsOk()) << query.substr(0, 200);
  if (!parsed) {
    return nullptr;
  }
  Print(**parsed);
  PrettyPrint(**parsed);
  return *std::move(parsed);
}

/// Accepts errors about the data and timeouts.
bool MayFail(const Error& error) {
  return error.code == ErrorCode::kInvalidInput || error.code == ErrorCode::kTimeout;
}

/// Does everything with an expression that Hakem does.
void WorkOn(const std::string& query, const tsdb::Store& store,
            Duration timeout = std::chrono::minutes(2)) {
  const ExprPtr read = Read(query);
  ASSERT_NE(read, nullptr);
  const Expr& expr = *read;
  const Timestamp now(std::chrono::seconds(660));
  EXPECT_THAT(CheckDurations(expr, {.start = now, .end = now}), IsOk());
  const EngineOptions options{
      .timeout = timeout, .features = Features::All(), .counts_samples = true};
  const auto at = EvaluateInstant(expr, store, now, options);
  EXPECT_TRUE(at.has_value() || MayFail(at.error())) << at.error().message;
  const auto range = EvaluateRange(
      expr, store, {now - std::chrono::minutes(2), now, std::chrono::minutes(1)}, options);
  EXPECT_TRUE(range.has_value() || MayFail(range.error())) << range.error().message;
}

class Depth : public testing::Test {
 protected:
  Depth() {
    std::istringstream text{std::string(kData)};
    EXPECT_THAT(tsdb::ImportOpenMetrics(text, "test", store_), IsOk());
  }

  tsdb::Store store_;
};

TEST_F(Depth, UsesAtMostHalfOfTheStackForAnyNesting) {
  std::size_t most = 0;
  std::string most_of;
  for (const DeepForm& form : DeepForms()) {
    std::size_t used = 0;
    const std::string query = form.Nested(form.Deepest());
    RunDeep([&] {
      const PaintedStack stack;
      WorkOn(query, store_);
      used = stack.UsedBytes();
    });
    if (used > most) {
      most = used;
      most_of = form.open + "…" + form.close;
    }
    EXPECT_LT(used, kDeepStackBytes / 2) << form.open << "…" << form.close;
  }
  RecordProperty("most_stack_bytes", std::to_string(most));
  std::cout << "most stack: " << most << " bytes of " << kDeepStackBytes << ", of " << most_of
            << "\n";
}

TEST_F(Depth, RejectsOneLevelMoreThanTheLimit) {
  for (const DeepForm& form : DeepForms()) {
    const std::size_t deepest = form.Deepest();
    const std::size_t longest =  // Not rejected for its length.
        (kMaxQueryBytes - 1000) / (form.open.size() + form.close.size());
    for (const std::size_t times : {deepest + 1, deepest + 2, longest}) {
      RunDeep([&] {
        EXPECT_THAT(Parse(form.Nested(times), Features::All()),
                    HasMessage(HasSubstr("expression is nested more than 512 levels deep")))
            << form.open << "…" << form.close << " " << times;
      });
    }
  }
}

TEST_F(Depth, AcceptsGeneratedFormsUpToTheLimitOnly) {
  for (std::uint64_t seed = kSeed; seed < kSeed + kGenerated; ++seed) {
    const DeepForm form = RandomDeepForm(seed);
    SCOPED_TRACE(testing::Message() << "seed " << seed << ": " << form.open << "…" << form.close);
    const std::size_t deepest = form.Deepest();
    RunDeep([&] {
      if (seed % 250 == 0) {
        WorkOn(form.Nested(deepest), store_, kShortly);
      } else {
        Read(form.Nested(deepest));
      }
      EXPECT_THAT(Parse(form.Nested(deepest + 1), Features::All()), Not(IsOk()));
    });
  }
}

TEST_F(Depth, RejectsDurationsThatAreNestedTooDeeply) {
  for (const std::string open : {"(", "-", "min_of(1s, ", "1s + (", "2 ^ -"}) {
    std::string query = "a[";
    for (int i = 0; i < 5'000; ++i) {
      query += open;
    }
    RunDeep([&] { EXPECT_THAT(Parse(query + "1m]", Features::All()), Not(IsOk())) << open; });
  }
}

TEST_F(Depth, RejectsTextsThatAreTooLong) {
  const std::string longest = "a or " + std::string(kMaxQueryBytes - 6, ' ') + "a";
  EXPECT_THAT(Parse(longest), IsOk());
  EXPECT_THAT(Parse(longest + " "), HasMessage("1:1: parse error: the expression has 262145 bytes: "
                                               "at most 262144 are read"));
  EXPECT_THAT(ParseSelector(longest + " "), HasMessage(HasSubstr("at most 262144 are read")));
}

}  // namespace
}  // namespace hakem::promql
