#include "config/keys/key_table.h"

#include <gmock/gmock.h>

#include "config/keys/value_types.h"
#include "tests/support/matchers.h"

namespace hakem::config {
namespace {

struct Size {
  int width = 3;
  int height = 2;
};

struct Picture {
  std::string title;
  Size size;
  std::vector<std::string> tags;
  bool has_frame = false;
};

std::string CheckNotTall(const Picture& picture) {
  return picture.size.height > picture.size.width ? "taller than wide" : "";
}

bool IsNamed(const Picture& picture) {
  return !picture.title.empty();
}

constexpr Key<Picture> kKeys[] = {
    {.path = "title", .access = kField<values::Text, &Picture::title>, .if_empty = "none: unnamed"},
    {.path = "size.width", .access = kField<values::Count, &Picture::size, &Size::width>},
    {.path = "size.height",
     .access = kField<values::Count, &Picture::size, &Size::height>,
     .check = CheckNotTall},
    {.path = "look.wall.tags", .access = kField<values::Texts, &Picture::tags>},
    {.path = "look.frame",
     .access = kField<values::Boolean, &Picture::has_frame>,
     .applies = IsNamed},
};

constexpr std::string_view kOnOneLine[] = {"size"};

Result<Picture> Read(std::string_view text) {
  const Result<yaml::Node> node = yaml::Node::Parse(text, "a.yml");
  if (!node) {
    return Fail(node.error());
  }
  Picture picture;
  yaml::MapReader reader(*node);
  ReadKeys<Picture>(reader, "", kKeys, picture);
  const Result<void> finished = reader.Finish();
  return finished ? Result<Picture>(picture) : Fail(finished.error());
}

std::string Print(const Picture& picture) {
  return FormatYaml(PrintKeys<Picture>(kKeys, picture, kOnOneLine));
}

TEST(KeyTable, ReadsSectionsAndLeavesAbsentKeysAsTheyAre) {
  const Result<Picture> picture = Read("{title: Sea, size: {width: 5}, look: {frame: true}}");
  ASSERT_THAT(picture, IsOk());
  EXPECT_EQ(picture->title, "Sea");
  EXPECT_EQ(picture->size.width, 5);
  EXPECT_EQ(picture->size.height, 2);
  EXPECT_TRUE(picture->has_frame);
}

TEST(KeyTable, PrintsKeysInItsOrderAndSectionsOnOneLineIfAsked) {
  EXPECT_EQ(Print({.title = "Sea", .size = {}, .tags = {"a", "b"}, .has_frame = true}),
            "title: \"Sea\"\nsize: {width: 3, height: 2}\nlook:\n  wall:\n    tags: [\"a\", "
            "\"b\"]\n  frame: true\n");
}

TEST(KeyTable, PrintsWhatAnEmptyValueMeansAsAComment) {
  EXPECT_THAT(Print({}), testing::StartsWith("title: \"\"  # none: unnamed\n"));
}

TEST(KeyTable, RefusesAValueThatItsCheckRefusesAtItsPlace) {
  EXPECT_THAT(Read("{size: {width: 5, height: 6}}"), HasMessage("a.yml:1:27: taller than wide"));
}

TEST(KeyTable, HasOnlyTheKeysThatApplyToTheOwner) {
  EXPECT_THAT(Read("{title: x, look: {frame: true}}"), IsOk());
  EXPECT_THAT(Read("{look: {frame: true}}"), HasMessage("a.yml:1:9: unknown key \"frame\""));
  EXPECT_THAT(Print({}), testing::Not(testing::HasSubstr("frame")));
}

TEST(KeyTable, SuggestsTheNearestKeyOfTheSection) {
  EXPECT_THAT(Read("{size: {with: 5}}"),
              HasMessage("a.yml:1:9: unknown key \"with\", did you mean \"width\"?"));
}

TEST(KeyTable, ListsTheFullPathsOfItsKeys) {
  std::vector<std::string> paths;
  ListKeyPaths<Picture>("pictures[].", kKeys, paths);
  EXPECT_THAT(paths, testing::ElementsAre("pictures[].title", "pictures[].size.width",
                                          "pictures[].size.height", "pictures[].look.wall.tags",
                                          "pictures[].look.frame"));
}

TEST(KeyTable, ComparesValuesOfOneKeyAlone) {
  const Picture wide{.title = "", .size = {.width = 9, .height = 2}, .tags = {}};
  EXPECT_TRUE(kKeys[0].access.equal(wide, {}));
  EXPECT_FALSE(kKeys[1].access.equal(wide, {}));
}

}  // namespace
}  // namespace hakem::config
