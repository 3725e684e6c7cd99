#include "config/keys/yaml_value.h"

#include <gmock/gmock.h>

#include "tests/support/matchers.h"
#include "yaml/node.h"

namespace hakem::config {
namespace {

TEST(YamlValue, PrintsListsOfMapsWithADashBeforeEach) {
  YamlValue item;
  item.At("name").text = "a";
  item.At("size.width").text = "1";
  YamlValue map;
  map.At("list").items = {item, item};
  map.At("last").text = "2";
  EXPECT_EQ(FormatYaml(map),
            "list:\n  - name: a\n    size:\n      width: 1\n"
            "  - name: a\n    size:\n      width: 1\nlast: 2\n");
}

TEST(YamlValue, PrintsACommentAtTheEndOfItsLine) {
  YamlValue map;
  map.At("size.width").text = "1";
  map.At("size.width").comment = "narrow";
  map.At("size").is_on_one_line = true;
  EXPECT_EQ(FormatYaml(map), "size: {width: 1}  # narrow\n");
}

TEST(YamlText, ReadsBackAsTheSameText) {
  for (const std::string text : {"", "a b", "it's \"quoted\"", "back\\slash", "# no comment"}) {
    const Result<yaml::Node> node = yaml::Node::Parse(YamlText(text), "a.yml");
    ASSERT_THAT(node, IsOk());
    EXPECT_EQ(node->Text().value_or("none"), text);
  }
}

}  // namespace
}  // namespace hakem::config
