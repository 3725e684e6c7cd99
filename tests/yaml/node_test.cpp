#include "yaml/node.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace hakem::yaml {
namespace {

using testing::ElementsAre;

TEST(Node, RefusesAQuoteThatIsNotClosed) {
  for (const std::string text :
       {"a: 'b''\n", "a: \"b\\\"\n", "- [\"a\", 'b\n", "'\n", "a: \"b\nc\n"}) {
    const Result<Node> node = Node::Parse(text, "a.yml");
    ASSERT_FALSE(node) << text;
    EXPECT_THAT(node.error().message, testing::HasSubstr(": not YAML: ")) << text;
  }
}

TEST(Node, MayHaveQuotesWithinATextOrAQuote) {
  for (const std::string text : {"a: 'b'''\n", "a: \"b\\\"\"\n", "a: b'\n", "a: b \"c\n", "''"}) {
    EXPECT_TRUE(Node::Parse(text, "a.yml")) << text;
  }
}

/// The entries of the map `m` of a text, as `key=text`.
std::vector<std::string> EntriesOf(const std::string& text) {
  const Result<Node> node = Node::Parse(text, "a.yml");
  if (!node) {
    return {node.error().message};
  }
  std::vector<std::string> entries;
  for (const Node::Entry& entry : node->Find("m")->entries()) {
    entries.push_back(entry.key() + "=" + entry.value.Text().value_or("?"));
  }
  return entries;
}

TEST(MergeKey, AddsTheEntriesThatAMapDoesNotHave) {
  EXPECT_THAT(EntriesOf("a: &a {x: 1, y: 2}\nm: {<<: *a, y: 3}"), ElementsAre("y=3", "x=1"));
  EXPECT_THAT(EntriesOf("m: {y: 3, <<: {x: 1, y: 2}, z: 4}"), ElementsAre("y=3", "z=4", "x=1"));
  EXPECT_THAT(EntriesOf("m:\n  !!merge <<:\n    x: 1"), ElementsAre("x=1"));
}

TEST(MergeKey, TakesTheFirstMapOfAListThatHasAKey) {
  EXPECT_THAT(EntriesOf("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nm: {<<: [*a, *b, {z: 3}]}"),
              ElementsAre("x=1", "y=2", "z=3"));
  EXPECT_THAT(EntriesOf("m: {<<: [], x: 1}"), ElementsAre("x=1"));
}

TEST(MergeKey, AddsWhatOthersHaveAdded) {
  EXPECT_THAT(EntriesOf("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nm: {<<: *b}"),
              ElementsAre("y=2", "x=1"));
}

TEST(MergeKey, IsAnOrdinaryKeyInQuotes) {
  EXPECT_THAT(EntriesOf("m: {'<<': 1, x: '<<', \"y\": <<}"), ElementsAre("<<=1", "x=<<", "y=<<"));
  EXPECT_THAT(EntriesOf("m: {!!str <<: 1}"), ElementsAre("<<=1"));
}

TEST(MergeKey, NeedsMaps) {
  for (const auto& [text, position] :
       std::vector<std::pair<std::string, std::string>>{{"m: {<<: b}", "1:9"},
                                                        {"m: {<<: }", "1:9"},
                                                        {"m: {<<: [b]}", "1:10"},
                                                        {"m: {<<: [[{a: b}]]}", "1:10"},
                                                        {"l: &l [{a: b}]\nm: {<<: *l}", "1:4"}}) {
    EXPECT_THAT(EntriesOf(text),
                ElementsAre("a.yml:" + position + ": the key \"<<\" needs a map or a list of maps"))
        << text;
  }
  EXPECT_THAT(EntriesOf("m: &m {<<: *m}"), ElementsAre("a.yml:1:12: nested in itself"));
  EXPECT_THAT(EntriesOf("m: {<<: {a: b}, <<: {c: d}}"),
              ElementsAre("a.yml:1:17: the key \"<<\" is given twice, first at a.yml:1:5"));
}

TEST(MergeKey, CountsWhatItAdds) {
  std::string text = "a: &a {";
  for (int i = 0; i < 1000; ++i) {
    text += "k" + std::to_string(i) + ": 1, ";
  }
  text += "}\nm:\n";
  for (int i = 0; i < 1000; ++i) {
    text += "- {<<: *a}\n";
  }
  const Result<Node> node = Node::Parse(text, "a.yml");
  ASSERT_FALSE(node);
  EXPECT_THAT(node.error().message, testing::HasSubstr("more than 300000 values"));
}

TEST(MergeKey, MayFollowAnotherOneManyTimes) {
  std::string text = "a0: &a0 {x: 1}\n";
  for (int i = 1; i < 100; ++i) {
    text += fmt::format("a{0}: &a{0} {{<<: *a{1}}}\n", i, i - 1);
  }
  EXPECT_THAT(EntriesOf(text + "m: {<<: *a99}"), ElementsAre("x=1"));
}

}  // namespace
}  // namespace hakem::yaml
