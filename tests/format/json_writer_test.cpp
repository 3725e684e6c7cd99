#include "format/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace hakem {
namespace {

std::string Written(const std::function<void(JsonWriter&)>& write,
                    JsonWriter::Layout layout = JsonWriter::Layout::kOneLine) {
  std::string text;
  JsonWriter json(text, layout);
  write(json);
  return text;
}

TEST(JsonWriter, WritesEveryKindOfValue) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.Object([&] {
                json.Member("literal", "a");
                json.Member("string", std::string("b\""));
                json.Member("view", std::string_view("c"));
                json.Member("yes", true);
                json.Member("no", false);
                json.Member("none", nullptr);
                json.Member("negative", -7);
                json.Member("large", std::numeric_limits<std::uint64_t>::max());
                json.Member("fraction", 0.25);
                json.Member("whole", 3.0);
              });
            }),
            R"({"literal":"a","string":"b\"","view":"c","yes":true,"no":false,"none":null,)"
            R"("negative":-7,"large":18446744073709551615,"fraction":0.25,"whole":3})");
}

TEST(JsonWriter, WritesNullForAnEmptyOptionalAndForNumbersThatJsonLacks) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.Array([&] {
                json.Value(std::optional<int>());
                json.Value(std::optional<int>(5));
                json.Value(std::optional<std::string>("a"));
                json.Value(std::nan(""));
                json.Value(-std::numeric_limits<double>::infinity());
              });
            }),
            R"([null,5,"a",null,null])");
}

TEST(JsonWriter, SeparatesFinishedMembersFromOthers) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.Object([&] {
                json.Raw() += R"("a":1,"b":[2])";
                json.Member("c", 3);
              });
            }),
            R"({"a":1,"b":[2],"c":3})");
}

TEST(JsonWriter, WritesNumbersInTheGivenForm) {
  std::string text;
  JsonWriter json(text, JsonWriter::Layout::kOneLine, NumberForm::kFraction);
  json.Array([&] {
    json.Value(3.0);
    json.Value(0.25);
    json.Value(3);
  });
  EXPECT_EQ(text, "[3.0,0.25,3]");
}

void WriteNested(JsonWriter& json) {
  const std::vector<std::string> names{"a", "b"};
  json.Object([&] {
    json.Key("empty").Array([] {});
    json.Key("none").Object([] {});
    json.Key("list").Array(
        names, [&](const std::string& name) { json.Object([&] { json.Member("name", name); }); });
    json.Key("raw").Raw() += "[1]";
    json.Member("last", 1);
  });
}

TEST(JsonWriter, SeparatesMembersAndElementsByCommas) {
  EXPECT_EQ(Written(&WriteNested),
            R"({"empty":[],"none":{},"list":[{"name":"a"},{"name":"b"}],"raw":[1],"last":1})");
}

TEST(JsonWriter, IndentsEachLevelByTwoSpaces) {
  EXPECT_EQ(Written(&WriteNested, JsonWriter::Layout::kIndented), R"({
  "empty": [],
  "none": {},
  "list": [
    {
      "name": "a"
    },
    {
      "name": "b"
    }
  ],
  "raw": [1],
  "last": 1
})");
}

TEST(JsonWriter, AppendsBehindWhatTheTextHolds) {
  std::string text = "event: ";
  JsonWriter json(text);
  json.Value("a");
  EXPECT_EQ(text, R"(event: "a")");
}

}  // namespace
}  // namespace hakem
