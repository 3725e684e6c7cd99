#include "promql/annotations.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::promql {
namespace {

void AddOnce(std::vector<std::string>& texts, std::string text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) {
    texts.push_back(std::move(text));
  }
}

}  // namespace

void Annotations::Warn(std::string_view text, const Position& position) {
  AddOnce(warnings_,
          fmt::format("PromQL warning: {} ({}:{})", text, position.line, position.column));
}

void Annotations::Inform(std::string_view text, const Position& position) {
  AddOnce(infos_, fmt::format("PromQL info: {} ({}:{})", text, position.line, position.column));
}

}  // namespace hakem::promql
