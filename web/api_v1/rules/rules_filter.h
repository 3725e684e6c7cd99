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

/// Selects the rules that a request to `/api/v1/rules` wants. An empty list selects all.
class RulesFilter {
 public:
  /// Parses `type`, `rule_name[]`, `rule_group[]`, `file[]` and `match[]`. Errors: kInvalidInput,
  /// in Prometheus' words.
  static Result<RulesFilter> Parse(const Request& request);

  /// The selected rules of a group, in its order.
  std::vector<const rules::RuleStatus*> Choose(const rules::GroupStatus& group) const;

 private:
  bool MatchesLabels(const rules::RuleStatus& rule) const;

  bool alerting_ = true;   ///< Whether alerting rules are selected.
  bool recording_ = true;  ///< Whether recording rules are selected.
  std::vector<std::string> names_;
  std::vector<std::string> groups_;
  std::vector<std::string> files_;
  std::vector<std::vector<Matcher>> selectors_;  ///< Match a rule's labels as written in the file.
};

/// Pagination of groups by `group_limit` and `group_next_token`.
struct RulesPage {
  std::optional<std::size_t> group_limit;  ///< Groups in a response; at least 1.
  std::string first;                       ///< The token of the first group; "" for all.

  /// Errors: kInvalidInput, in Prometheus' words.
  static Result<RulesPage> Parse(const Request& request);
};

/// The token that identifies a group in a later request.
std::string GroupToken(const rules::GroupStatus& group);

}  // namespace hakem::web
