#include "promql/evaluation/annotations.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::promql {
namespace {

template <typename Annotation>
std::vector<std::string> Print(std::string_view kind, const std::vector<Annotation>& annotations) {
  std::vector<std::string> texts;
  for (const Annotation& annotation : annotations) {
    texts.push_back(fmt::format("PromQL {}: {} ({}:{})", kind, annotation.text,
                                annotation.position.line, annotation.position.column));
  }
  return texts;
}

}  // namespace

void Annotations::Warn(std::string_view text, const Position& position) {
  Add(warnings_, text, position);
}

void Annotations::Inform(std::string_view text, const Position& position) {
  Add(infos_, text, position);
}

std::vector<std::string> Annotations::warnings() const {
  return Print("warning", warnings_);
}

std::vector<std::string> Annotations::infos() const {
  return Print("info", infos_);
}

void Annotations::Add(std::vector<Annotation>& annotations, std::string_view text,
                      const Position& position) {
  const auto known = std::find_if(annotations.begin(), annotations.end(),
                                  [&](const Annotation& a) { return a.text == text; });
  if (known == annotations.end()) {
    annotations.push_back({std::string(text), position});
  } else {
    known->position = position;
  }
}

}  // namespace hakem::promql
