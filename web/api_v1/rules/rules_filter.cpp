#include "web/api_v1/rules/rules_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "format/quote.h"
#include "model/labels.h"
#include "web/api_v1/request/parameters.h"

namespace hakem::web {
namespace {

bool Asked(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

std::string_view LabelOf(const rules::RuleStatus& rule, const std::string& name) {
  const auto found = rule.labels.find(name);
  return found != rule.labels.end() ? std::string_view(found->second) : std::string_view();
}

}  // namespace

Result<RulesFilter> RulesFilter::Parse(const Request& request) {
  std::string type = OneOf(request, "type");
  for (char& letter : type) {
    letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  if (!type.empty() && type != "alert" && type != "record") {
    return InvalidParameter("type", fmt::format("not supported value \"{}\"", type));
  }
  Result<std::vector<std::vector<Matcher>>> selectors = ParseSelectors(request);
  if (!selectors) {
    return Fail(selectors.error());
  }
  RulesFilter filter;
  filter.alerting_ = type != "record";
  filter.recording_ = type != "alert";
  filter.names_ = request.Parameters("rule_name[]");
  filter.groups_ = request.Parameters("rule_group[]");
  filter.files_ = request.Parameters("file[]");
  filter.selectors_ = *std::move(selectors);
  return filter;
}

bool RulesFilter::MatchesLabels(const rules::RuleStatus& rule) const {
  const auto all_match = [&rule](const std::vector<Matcher>& selector) {
    return std::all_of(selector.begin(), selector.end(), [&rule](const Matcher& matcher) {
      return matcher.Matches(LabelOf(rule, matcher.name()));
    });
  };
  return selectors_.empty() || std::any_of(selectors_.begin(), selectors_.end(), all_match);
}

std::vector<const rules::RuleStatus*> RulesFilter::Choose(const rules::GroupStatus& group) const {
  std::vector<const rules::RuleStatus*> chosen;
  if (!Asked(groups_, group.name) || !Asked(files_, group.file)) {
    return chosen;
  }
  for (const rules::RuleStatus& rule : group.rules) {
    const bool is_wanted = rule.kind == rules::RuleKind::kAlerting ? alerting_ : recording_;
    if (is_wanted && Asked(names_, rule.name) && MatchesLabels(rule)) {
      chosen.push_back(&rule);
    }
  }
  return chosen;
}

Result<RulesPage> RulesPage::Parse(const Request& request) {
  const std::string limit = OneOf(request, "group_limit");
  RulesPage page{.group_limit = {}, .first = OneOf(request, "group_next_token")};
  if (limit.empty()) {
    return page.first.empty()
               ? Result<RulesPage>(page)
               : InvalidParameter("group_next_token",
                                  "group_limit needs to be present in order to paginate over the "
                                  "groups");
  }
  std::int64_t number = 0;
  const char* const end = limit.data() + limit.size();
  const auto [rest, status] = std::from_chars(limit.data(), end, number);
  if (status != std::errc() || rest != end) {
    return InvalidParameter(
        "group_limit",
        fmt::format(
            "group_limit needs to be a valid number: strconv.ParseInt: parsing {}: {}",
            Quote(limit),
            status == std::errc::result_out_of_range ? "value out of range" : "invalid syntax"));
  }
  if (number <= 0) {
    return InvalidParameter("group_limit", "group_limit needs to be greater than 0");
  }
  page.group_limit = static_cast<std::size_t>(number);
  return page;
}

std::string GroupToken(const rules::GroupStatus& group) {
  return fmt::format("{:016x}", Labels{{"file", group.file}, {"group", group.name}}.hash());
}

}  // namespace hakem::web
