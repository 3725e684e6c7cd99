#include "model/matcher.h"

#include <utility>

namespace hakem {

std::string_view ToString(MatchOp op) {
  switch (op) {
    case MatchOp::kEqual:
      return "=";
    case MatchOp::kNotEqual:
      return "!=";
    case MatchOp::kRegex:
      return "=~";
    case MatchOp::kNotRegex:
      return "!~";
  }
  return "=";
}

Matcher::Matcher(std::string name, MatchOp op, std::string value, std::optional<Regex> regex)
    : name_(std::move(name)), op_(op), value_(std::move(value)), regex_(std::move(regex)) {}

Result<Matcher> Matcher::Make(std::string_view name, MatchOp op, std::string_view value) {
  std::optional<Regex> regex;
  if (op == MatchOp::kRegex || op == MatchOp::kNotRegex) {
    Result<Regex> compiled = Regex::Compile(value);
    if (!compiled) {
      return Fail(compiled.error());
    }
    regex = *std::move(compiled);
  }
  return Matcher(std::string(name), op, std::string(value), std::move(regex));
}

bool Matcher::Matches(std::string_view value) const {
  switch (op_) {
    case MatchOp::kEqual:
      return value == value_;
    case MatchOp::kNotEqual:
      return value != value_;
    case MatchOp::kRegex:
      return regex_->Matches(value);
    case MatchOp::kNotRegex:
      return !regex_->Matches(value);
  }
  return false;
}

}  // namespace hakem
