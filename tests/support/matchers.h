#pragma once

#include <gmock/gmock.h>

#include <string>

#include "model/result.h"

namespace hakem {

/// A Result that holds a value.
MATCHER(IsOk, negation ? "is an error" : "is not an error") {
  if (arg.has_value()) {
    return true;
  }
  *result_listener << ToString(arg.error().code) << ": " << arg.error().message;
  return false;
}

/// A Result whose value matches.
MATCHER_P(IsOkAndHolds, inner, "holds a value that matches") {
  if (!arg.has_value()) {
    *result_listener << ToString(arg.error().code) << ": " << arg.error().message;
    return false;
  }
  return testing::ExplainMatchResult(inner, *arg, result_listener);
}

/// A Result that holds an error of this code.
MATCHER_P(HasCode, code, "is an error of code " + std::string(ToString(code))) {
  return !arg.has_value() && arg.error().code == code;
}

/// A Result that holds an error whose message matches: `HasMessage("a.yml:1:2: …")`.
MATCHER_P(HasMessage, inner, "is an error whose message matches") {
  if (arg.has_value()) {
    *result_listener << "is not an error";
    return false;
  }
  *result_listener << "message: " << arg.error().message;
  return testing::ExplainMatchResult(testing::Matcher<std::string>(inner), arg.error().message,
                                     result_listener);
}

}  // namespace hakem
