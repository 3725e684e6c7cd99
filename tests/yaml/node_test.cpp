#include "yaml/node.h"

#include <gmock/gmock.h>

#include <string>

namespace hakem::yaml {
namespace {

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

}  // namespace
}  // namespace hakem::yaml
