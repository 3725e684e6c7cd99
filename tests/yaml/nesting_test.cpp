// Text that nests too deeply or expands to too much is rejected cheaply.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

#include "model/deep_thread.h"
#include "tests/support/matchers.h"
#include "yaml/node.h"

namespace hakem::yaml {
namespace {

using testing::HasSubstr;

Result<Node> ParseDeep(const std::string& text) {
  Result<Node> node = Fail(ErrorCode::kInternal, "");
  RunDeep([&] { node = Node::Parse(text, "a.yml"); });
  return node;
}

TEST(Nesting, IsRefusedBeyondAHundredLevels) {
  EXPECT_THAT(ParseDeep(std::string(99, '[') + std::string(99, ']')), IsOk());
  EXPECT_THAT(ParseDeep(std::string(150, '[') + std::string(150, ']')),
              HasMessage(HasSubstr("nested too deeply")));
}

/// The text 50,000 times, then `a`.
std::string Repeated(std::string_view text) {
  std::string repeated;
  for (int i = 0; i < 50'000; ++i) {
    repeated += text;
  }
  repeated += 'a';
  return repeated;
}

TEST(Nesting, NeverCrashesTheProcess) {
  std::string block;
  for (std::size_t level = 0; level < 2'000; ++level) {
    block += std::string(level, ' ') + "a:\n";
  }
  for (const std::string& text :
       {std::string(100'000, '['), std::string(100'000, '{'), std::string(50'000, '-') + " a",
        block, Repeated("- "), Repeated("? ")}) {
    const Result<Node> node = ParseDeep(text);
    EXPECT_TRUE(node.has_value() || node.error().code == ErrorCode::kInvalidInput)
        << text.substr(0, 20);
  }
}

TEST(Nesting, CountsTheNodesThatAliasesExpandTo) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 12; ++level) {
    text += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n",
                        level, level - 1);
  }
  EXPECT_THAT(ParseDeep(text), HasMessage(HasSubstr("more than 300000 values")));
}

TEST(Nesting, IsRefusedCheaplyHoweverDeepItIs) {
  EXPECT_THAT(ParseDeep("a: b\nc: " + std::string(1'000'000, '[')),
              HasMessage("a.yml:2:100004: nested too deeply"));
  EXPECT_THAT(ParseDeep(std::string(1'000'000, '{')), HasMessage(HasSubstr("nested too deeply")));
  std::string list = "[";
  for (int i = 0; i < 2'000'000; ++i) {
    list += "a,";
  }
  EXPECT_THAT(ParseDeep(list), HasMessage("a.yml:1:2000003: more than 1000000 values in brackets"));
}

TEST(Nesting, MayHaveAsManyValuesAsALargeFileHas) {
  std::string text;
  for (int i = 0; i < 400'000; ++i) {
    text += "- a\n";
  }
  const Result<Node> node = Node::Parse(text, "a.yml");
  ASSERT_THAT(node, IsOk());
  EXPECT_EQ(node->items().size(), 400'000U);
  EXPECT_EQ(node->items().back().place(), "a.yml:400000:3");
}

TEST(Nesting, IsRefusedIfAnAliasRefersToAValueThatContainsIt) {
  EXPECT_THAT(ParseDeep("a: &a [1, *a]"), HasMessage("a.yml:1:11: nested in itself"));
}

TEST(Nesting, CountsTheLevelsThatAliasesAdd) {
  std::string text = "a0: &a0 [x]\n";
  for (int level = 1; level < 60; ++level) {
    text += fmt::format("a{0}: &a{0} [[*a{1}]]\n", level, level - 1);
  }
  EXPECT_THAT(ParseDeep(text), HasMessage(HasSubstr("nested too deeply")));
}

TEST(Node, SharesWhatAnAliasRefersTo) {
  const Result<Node> node = Node::Parse("a: &a {b: c}\nd: *a", "a.yml");
  ASSERT_THAT(node, IsOk());
  EXPECT_EQ(*node->Find("d")->Find("b")->Text(), "c");
  EXPECT_EQ(node->Find("d")->place(), "a.yml:1:4");
}

}  // namespace
}  // namespace hakem::yaml
