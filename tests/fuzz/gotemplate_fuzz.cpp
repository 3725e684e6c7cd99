// Any text is a template or an error with a position. A template expands within its limits to a
// text, always the same, or to an error that names the place.

#include <string>
#include <string_view>

#include "gotemplate/functions/prometheus.h"
#include "gotemplate/limits/limits.h"
#include "gotemplate/template.h"
#include "model/check.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using hakem::Labels;
using hakem::gotemplate::Environment;
using hakem::gotemplate::Template;
using hakem::gotemplate::Type;
using hakem::gotemplate::Value;

constexpr Type kDataType{"data", hakem::gotemplate::Kind::kStruct};

Value Data() {
  return Value::OfStruct({{"Labels", Value::OfLabels(Labels{{"a", "b"}, {"job", "web"}})},
                          {"Value", Value::OfFloat(1.5)}},
                         kDataType);
}

Environment Surroundings() {
  return {
      .name = "fuzz",
      .query =
          [](std::string_view query) -> hakem::Result<std::vector<hakem::gotemplate::QuerySample>> {
        if (query.empty()) {
          return hakem::Fail(hakem::ErrorCode::kInvalidInput, "no query");
        }
        return std::vector<hakem::gotemplate::QuerySample>{
            {.labels = Labels{{"instance", "a"}}, .value = 1},
            {.labels = Labels{{"instance", "b"}}, .value = 2}};
      },
      .external_url = "http://hakem.example/base",
      .now = {}};
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed =
      Template::Parse(text, {.functions = {hakem::gotemplate::PrometheusFunctions()},
                             .preamble = "{{$labels := .Labels}}{{$value := .Value}}"});
  if (!parsed) {
    HAKEM_CHECK(parsed.error().message.find(':') != std::string::npos);
    return 0;
  }
  const auto expanded = parsed->Expand(Data(), Surroundings());
  if (!expanded) {
    HAKEM_CHECK(expanded.error().message.starts_with("template: fuzz:"));
    return 0;
  }
  HAKEM_CHECK(expanded->size() <= hakem::gotemplate::kMaxTextBytes);
  HAKEM_CHECK(parsed->Expand(Data(), Surroundings()) == expanded);
  return 0;
}
