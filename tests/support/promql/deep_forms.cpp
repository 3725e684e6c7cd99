#include "tests/support/promql/deep_forms.h"

#include <algorithm>
#include <random>

#include "model/deep_thread.h"
#include "promql/parsing/parser.h"

namespace hakem {
namespace {

std::string Repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

/// The depth of an expression; 0 if the parser rejects it. Runs on a stack that is large enough.
std::size_t DepthOf(const std::string& query) {
  std::size_t depth = 0;
  RunDeep([&] {
    if (const auto expr = promql::Parse(query, promql::Features::All())) {
      depth = static_cast<std::size_t>((*expr)->depth);
    }
  });
  return depth;
}

}  // namespace

std::string DeepForm::Nested(std::size_t times) const {
  return Repeated(open, times) + core + Repeated(close, times);
}

std::size_t DeepForm::Deepest() const {
  std::size_t taken = 1;
  std::size_t refused = promql::kMaxDepth + 1;
  // The first guess is right for most forms: each nesting adds the same depth.
  const std::size_t once = DepthOf(Nested(1));
  const std::size_t each = std::max<std::size_t>(DepthOf(Nested(2)) - once, 1);
  std::size_t guess = 1 + (promql::kMaxDepth - once) / each;
  while (taken + 1 < refused) {
    if (DepthOf(Nested(guess)) > 0) {
      taken = guess;
      guess = std::min(guess + 1, refused - 1);
    } else {
      refused = guess;
      guess = (taken + refused) / 2;
    }
  }
  return taken;
}

const std::vector<DeepForm>& DeepForms() {
  static const std::vector<DeepForm> forms{
      {"-", "a", ""},
      {"+", "a", ""},
      {"(", "a", ")"},
      {"", "a", " + a"},
      {"", "a", " or a"},
      {"", "a", " unless on(i) a"},
      {"a ^ ", "a", ""},
      {"1 - ( ", "a", ")"},
      {"a * on(i) group_left() (", "a", ")"},
      {"a and ignoring(i) -", "a", ""},
      {"sum(", "a", ")"},
      {"max by (i) (", "a", ")"},
      {"min without (x) (", "a", ")"},
      {"topk(1, ", "a", ")"},
      {"quantile(0.5, ", "a", ")"},
      {"count_values by (i) (\"v\", ", "a", ")"},
      {"limitk(1, ", "a", ")"},
      {"abs(", "a", ")"},
      {"label_replace(", "a", ", \"l\", \"$1\", \"i\", \"(.*)\")"},
      {"label_join(", "a", ", \"l\", \"-\", \"i\", \"i\")"},
      {"clamp(", "a", ", -1e9, 1e9)"},
      {"clamp_max(a, scalar(", "a", "))"},
      {"vector(scalar(", "a", "))"},
      {"absent(", "a", ")"},
      {"sort_desc(", "a", ")"},
      {"histogram_quantile(0.9, ", "a", ")"},
      {"info(", "a", ")"},
      {"sum_over_time((", "a", ")[1m:1m])"},
      {"sum_over_time(", "a", "[1m:1m] offset 1s)"},
      {"rate((", "a", ")[2m:30s] @ end())"},
      {"max_over_time((1 + -", "a", ")[1m:1m])"},
      {"predict_linear(a[5m], scalar(", "a", "))"},
      {"(", "sum_over_time(a[1m + (1s)])", ")"},
      {"", "sum_over_time(a[1m])", " > bool 0"},
  };
  return forms;
}

DeepForm RandomDeepForm(std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  DeepForm made{"", "a", ""};
  const std::size_t parts = 2 + engine() % 4;
  for (std::size_t part = 0; part < parts; ++part) {
    const DeepForm& form = DeepForms()[engine() % DeepForms().size()];
    made.open += form.open + "(";
    made.close.insert(0, ")" + form.close);
  }
  return made;
}

}  // namespace hakem
