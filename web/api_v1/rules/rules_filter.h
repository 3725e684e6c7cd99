#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/matcher.h"
#include "model/result.h"
#include "rules/status.h"
#include "web/http/http.h"

namespace hakem::web {

/// Which rules a request to `/api/v1/rules` asks for; an empty list asks for all.
class RulesFilter {
 public:
  /// Reads `type`, `rule_name[]`, `rule_group[]`, `file[]`, `match[]`. Errors: kInvalidInput, in
  /// Prometheus' words.
  static Result<RulesFilter> Parse(const Request& request);

  /// The group's rules that are asked for, in its order.
  std::vector<const rules::RuleStatus*> Choose(const rules::GroupStatus& group) const;

 private:
  bool MatchesLabels(const rules::RuleStatus& rule) const;

  bool alerting_ = true;
  std::vector<std::string> names_;
  std::vector<std::string> groups_;
  std::vector<std::string> files_;
  std::vector<std::vector<Matcher>> selectors_;  ///< Of a rule's labels as written.
};

/// The page of groups that a request asks for by `group_limit` and `group_next_token`.
struct RulesPage {
  std::optional<std::size_t> group_limit;  ///< Groups in an answer; at least 1.
  std::string first;  ///< The token of the first group; "": from the beginning.

  /// Errors: kInvalidInput, in Prometheus' words.
  static Result<RulesPage> Parse(const Request& request);
};

/// What names a group between two requests.
std::string GroupToken(const rules::GroupStatus& group);

}  // namespace hakem::web
