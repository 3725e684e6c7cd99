#include "web/api_v1/json/text.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <iterator>

#include "format/json.h"

namespace hakem::web {

void AppendJsonLabels(std::string& json, const Labels& labels) {
  json += '{';
  for (bool first = true; const LabelView label : labels) {
    json += first ? "" : ",";
    AppendJsonString(json, label.name);
    json += ':';
    AppendJsonString(json, label.value);
    first = false;
  }
  json += '}';
}

void AppendPointTime(std::string& json, Timestamp time) {
  const std::int64_t milliseconds = time.time_since_epoch().count();
  const std::int64_t fraction = std::abs(milliseconds % 1000);
  if (milliseconds < 0) {
    json += '-';
  }
  const fmt::format_int seconds(std::abs(milliseconds / 1000));
  json.append(seconds.data(), seconds.size());
  if (fraction != 0) {
    fmt::format_to(std::back_inserter(json), ".{:03}", fraction);
  }
}

}  // namespace hakem::web
