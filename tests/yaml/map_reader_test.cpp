#include "yaml/map_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace hakem::yaml {
namespace {

struct Lanes {
  Duration fast{5000};
  std::int64_t limit = 1;
  std::string name = "default";
  bool on = false;
};

Result<Lanes> Read(std::string_view text) {
  const Result<Node> node = Node::Parse(text, "a.yml");
  if (!node) {
    return Fail(node.error());
  }
  const Environment environment = [](const std::string& name) {
    return name == "SET" ? std::optional<std::string>("value") : std::nullopt;
  };
  Lanes lanes;
  MapReader reader(*node, &environment);
  reader.Text("name", lanes.name);
  reader.Map("lanes", [&](MapReader& inner) {
    inner.Length("fast", lanes.fast);
    inner.Integer("limit", lanes.limit);
    inner.Boolean("on", lanes.on);
  });
  if (Result<void> finished = reader.Finish(); !finished) {
    return Fail(finished.error());
  }
  return lanes;
}

TEST(MapReader, LeavesTargetsOfAbsentOrNullKeysUnchanged) {
  const Result<Lanes> lanes = Read("name: ~\nlanes:\n");
  ASSERT_THAT(lanes, IsOk());
  EXPECT_EQ(lanes->name, "default");
  EXPECT_EQ(lanes->fast, Duration(5000));
}

TEST(MapReader, ReadsAnEmptyFile) {
  EXPECT_THAT(Read(""), IsOk());
}

TEST(MapReader, ReadsValuesByTheirType) {
  const Result<Lanes> lanes = Read("name: '~'\nlanes: {fast: 1m30s, limit: 010, on: true}");
  ASSERT_THAT(lanes, IsOk());
  EXPECT_EQ(lanes->name, "~");
  EXPECT_EQ(lanes->fast, std::chrono::seconds(90));
  EXPECT_EQ(lanes->limit, 10);  // Decimal, not octal.
  EXPECT_TRUE(lanes->on);
}

TEST(MapReader, ExpandsVariablesInScalars) {
  EXPECT_EQ(Read("name: a-${SET}-${UNSET:-b}-$$")->name, "a-value-b-$");
}

struct BadFile {
  std::string_view text;
  std::string_view message;
};

class MapReaderRefuses : public testing::TestWithParam<BadFile> {};

TEST_P(MapReaderRefuses, WithThePositionAndTheCause) {
  EXPECT_THAT(Read(GetParam().text), HasMessage(std::string(GetParam().message)));
  EXPECT_THAT(Read(GetParam().text), HasCode(ErrorCode::kInvalidInput));
}

INSTANTIATE_TEST_SUITE_P(
    Files, MapReaderRefuses,
    testing::Values(
        BadFile{"nmae: x", "a.yml:1:1: unknown key \"nmae\", did you mean \"name\"?"},
        BadFile{"name: x\nlanes:\n  slow: 5s", "a.yml:3:3: unknown key \"slow\""},
        BadFile{"name: x\nname: y",
                "a.yml:2:1: the key \"name\" is given twice, first at a.yml:1:1"},
        BadFile{"lanes: {fast: 5}", "a.yml:1:15: \"5\" is not a duration: write 30s, 5m or 1h30m"},
        BadFile{"lanes: {on: yes}", "a.yml:1:13: \"yes\" is neither true nor false"},
        BadFile{"lanes: {limit: 1.5}", "a.yml:1:16: \"1.5\" is not a whole number"},
        BadFile{"lanes:\n  limit: |\n    key\n    secret\n",
                "a.yml:2:10: \"key…\" is not a whole number"},
        BadFile{"lanes:\n  fast: |\n    key\n    secret\n",
                "a.yml:2:9: \"key…\" is not a duration: write 30s, 5m or 1h30m"},
        BadFile{"lanes: [a]", "a.yml:1:8: expected a map of keys and values"},
        BadFile{"name: [a]", "a.yml:1:7: expected text, found a list"},
        BadFile{"[a]: b", "a.yml:1:1: a key must be plain text"},
        BadFile{"name: ${GONE}",
                "a.yml:1:7: the environment variable GONE is not set; ${GONE:-default} "
                "gives a default"},
        BadFile{"name: ${SET",
                "a.yml:1:7: a \"${\" lacks its \"}\"; for a literal one, "
                "write \"$${\""},
        BadFile{"name: a${secret-a}",
                "a.yml:1:7: what \"${…}\" contains is not the name of an environment "
                "variable; for a literal \"${\", write \"$${\""},
        BadFile{"{name:secret}",
                "a.yml:1:2: unknown key \"name:…\": a blank must follow the colon"},
        BadFile{"{name:secret, name:secret}",
                "a.yml:1:15: the key \"name:…\" is given twice, first at a.yml:1:2"},
        BadFile{"name: *secret", "a.yml:1:7: not YAML: the referenced anchor is not defined"},
        BadFile{"name: \"x", "a.yml:1:9: not YAML: illegal EOF in scalar"}));

TEST(MapReader, ReportsEveryErrorIfAsked) {
  const Result<Node> node = Node::Parse(
      "name: [a]\nlanes: {fast: soon, limit: x, odd: 1}\nlist: [{n: x}, {m: 1}]\n", "a.yml");
  ASSERT_THAT(node, IsOk());
  std::vector<Error> errors;
  std::string name = "default";
  Duration fast{0};
  std::int64_t number = 0;
  MapReader reader(*node, nullptr, {.all_errors = &errors});
  reader.Text("name", name);
  reader.Map("lanes", [&](MapReader& inner) {
    inner.Length("fast", fast);
    inner.Integer("limit", number);
  });
  reader.Maps("list", [&](MapReader& inner) { inner.Integer("n", number); });
  EXPECT_THAT(reader.Finish(), HasMessage(errors.front().message));
  std::vector<std::string> messages;
  for (const Error& error : errors) {
    messages.push_back(error.message);
  }
  EXPECT_THAT(messages, testing::ElementsAre("a.yml:1:7: expected text, found a list",
                                             testing::StartsWith("a.yml:2:15: "),
                                             "a.yml:2:28: \"x\" is not a whole number",
                                             testing::StartsWith("a.yml:2:31: unknown key \"odd\""),
                                             "a.yml:3:12: \"x\" is not a whole number",
                                             testing::StartsWith("a.yml:3:17: unknown key \"m\"")));
}

/// A map with so many keys that nobody knows.
std::string UnknownKeys(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "k" + std::to_string(i) + ": 1\n";
  }
  return text;
}

TEST(MapReader, EndsAfterAThousandErrors) {
  const Result<Node> node = Node::Parse(UnknownKeys(100'000), "a.yml");
  ASSERT_THAT(node, IsOk());
  std::vector<Error> errors;
  MapReader reader(*node, nullptr, {.all_errors = &errors});
  EXPECT_THAT(reader.Finish(), HasMessage("a.yml:1:1: unknown key \"k0\""));
  ASSERT_EQ(errors.size(), kMostErrors + 1);
  EXPECT_EQ(errors[kMostErrors - 1].message, "a.yml:1000:1: unknown key \"k999\"");
  EXPECT_EQ(errors.back().message, "a.yml:1:1: there may be more than these 1000 errors");
  reader.Wrong(*node, "odd");
  EXPECT_EQ(errors.size(), kMostErrors + 1);
}

TEST(MapReader, ReportsAnUnknownKeyOnce) {
  const Result<Node> node = Node::Parse("odd: 1\n", "a.yml");
  ASSERT_THAT(node, IsOk());
  std::vector<Error> errors;
  MapReader reader(*node, nullptr, {.all_errors = &errors});
  static_cast<void>(reader.Finish());
  static_cast<void>(reader.Finish());
  EXPECT_EQ(errors.size(), 1U);
}

TEST(MapReader, SkipsUnknownKeysIfAsked) {
  const Result<Node> node = Node::Parse("name: a\nodd: {x: 1}\n", "a.yml");
  ASSERT_THAT(node, IsOk());
  std::string name;
  MapReader reader(*node, nullptr, {.ignores_unknown_keys = true});
  reader.Text("name", name);
  EXPECT_THAT(reader.Finish(), IsOk());
  EXPECT_EQ(name, "a");
}

}  // namespace
}  // namespace hakem::yaml
