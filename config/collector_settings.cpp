#include <fmt/format.h>

#include <algorithm>

#include "collectors/core/collector.h"
#include "config/keys/key_table.h"
#include "config/settings.h"
#include "format/nearest_name.h"

namespace hakem::config {

using collectors::CollectorSpec;
using yaml::MapReader;

bool HasLimit(const CollectorConfig& collector) {
  return collector.spec->has_limit;
}

bool IsStatStatements(const CollectorConfig& collector) {
  return collector.spec->name == "stat_statements";
}

namespace values {
namespace {

std::vector<std::string_view> CollectorNames() {
  std::vector<std::string_view> names;
  for (const CollectorSpec* spec : collectors::kCollectors) {
    names.push_back(spec->name);
  }
  return names;
}

/// Null if there is no collector of this name.
const CollectorSpec* FindCollector(std::string_view name) {
  const auto& all = collectors::kCollectors;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const CollectorSpec* spec) { return spec->name == name; });
  return found == all.end() ? nullptr : *found;
}

template <typename Value>
Value ValueOr(const std::map<std::string, Value>& by_collector, std::string_view name,
              Value otherwise) {
  const auto found = by_collector.find(std::string(name));
  return found == by_collector.end() ? otherwise : found->second;
}

CollectorConfig OptionsOf(const CollectorSpec& spec, const CollectConfig& collect) {
  return {.spec = &spec,
          .enabled = ValueOr(collect.enabled, spec.name, spec.enabled_by_default),
          .max_series = ValueOr(collect.max_series, spec.name, spec.default_max_series()),
          .limit = ValueOr(collect.limits, spec.name, collectors::kDefaultLimit),
          .statements = collect.statements};
}

void SetOptions(const CollectorConfig& options, CollectConfig& collect) {
  const std::string name(options.spec->name);
  collect.enabled[name] = options.enabled;
  collect.max_series[name] = options.max_series;
  if (HasLimit(options)) {
    collect.limits[name] = options.limit;
  }
  collect.statements = options.statements;
}

}  // namespace

void Collectors::Read(const KeySource& source, CollectConfig& collect) {
  source.reader.Named(source.name, [&](const yaml::Node::Entry& entry, MapReader& reader) {
    const CollectorSpec* spec = FindCollector(entry.key());
    if (spec == nullptr) {
      return reader.Wrong(entry.key_node, fmt::format("unknown collector \"{}\"{}", entry.key(),
                                                      DidYouMean(entry.key(), CollectorNames())));
    }
    CollectorConfig options = OptionsOf(*spec, collect);
    options.enabled = true;  // Who sets an option of a collector wants it to run.
    ReadKeys<CollectorConfig>(reader, source.folder, kCollectorKeys, options);
    SetOptions(options, collect);
  });
}

YamlValue Collectors::Print(const CollectConfig& collect) {
  YamlValue all;
  for (const CollectorSpec* spec : collectors::kCollectors) {
    YamlValue& options = all.At(spec->name);
    options = PrintKeys<CollectorConfig>(kCollectorKeys, OptionsOf(*spec, collect));
    options.is_on_one_line = true;
  }
  return all;
}

void Collectors::ListPaths(const std::string& path, std::vector<std::string>& paths) {
  ListKeyPaths<CollectorConfig>(path + ".NAME.", kCollectorKeys, paths);
}

}  // namespace values
}  // namespace hakem::config
