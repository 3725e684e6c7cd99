#include "rules/files/rule_keys.h"

#include <fmt/format.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

namespace hakem::rules {
namespace {

/// Joins the parts of a key with semicolons. Those in the parts are escaped, so that different
/// parts make different keys.
std::string JoinKey(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const std::string_view part : parts) {
    for (const char c : part) {
      if (c == ';' || c == '\\') {
        key += '\\';
      }
      key += c;
    }
    key += ';';
  }
  return key;
}

std::string_view TextOf(const NamedTemplate& label) {
  return label.text.source();
}

std::string_view TextOf(const Label& label) {
  return label.value;
}

/// Returns a hash of a rule's labels. It is the same on every run.
template <typename SomeRule>
std::uint64_t HashOfLabels(const SomeRule& rule) {
  std::vector<Label> labels;
  for (const auto& label : rule.labels) {
    labels.push_back({label.name, fmt::format("={}", TextOf(label))});  // An empty text counts too.
  }
  return Labels(labels).hash();
}

/// Returns the name, kind and labels of a rule as part of a key.
std::string IdentityOf(const Rule& rule) {
  return fmt::format("{}{}{:016x}", JoinKey({NameOf(rule)}), rule.index(),
                     std::visit([](const auto& one) { return HashOfLabels(one); }, rule));
}

}  // namespace

std::string KeyOf(const RuleGroup& group) {
  return JoinKey({group.file, group.name});
}

std::vector<std::string> RuleKeysOf(const RuleGroup& group) {
  std::vector<std::string> keys;
  std::unordered_map<std::string, int> count;
  const std::string group_key = KeyOf(group);
  for (const Rule& rule : group.rules) {
    std::string identity = IdentityOf(rule);
    keys.push_back(fmt::format("{}{}#{}", group_key, identity, count[identity]));
    ++count[std::move(identity)];
  }
  return keys;
}

}  // namespace hakem::rules
