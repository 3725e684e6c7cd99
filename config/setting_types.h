#pragma once

#include <string>
#include <vector>

#include "config/keys/value_types.h"
#include "config/thresholds.h"
#include "model/labels.h"
#include "promql/syntax/features.h"
#include "rules/files/rule_settings.h"
#include "web/http/admission.h"

namespace hakem::collectors {
struct GameOptions;
}

namespace hakem::config {

class Conninfo;
struct CollectConfig;
struct Config;
struct TargetConfig;

/// The types of values that only Hakem's configuration has; see config/keys/value_types.h.
namespace values {

/// The list of servers that are watched. For now it holds exactly one.
struct Targets {
  using Owner = Config;
  static void Read(const KeySource& source, Config& config);
  static YamlValue Print(const Config& config);
  static void ListPaths(const std::string& path, std::vector<std::string>& paths);
};

/// libpq's connection string; passwords in it are masked when it is printed.
struct Dsn {
  static void Read(const KeySource& source, Conninfo& value);
  static std::string Print(const Conninfo& value);
};

/// The password of the connection, which is printed within the dsn.
struct Password {
  static void Read(const KeySource& source, Conninfo& value);
  static std::string Print(const Conninfo& value);
};

/// A shell command; its arguments are masked when it is printed, which it is only if it is set.
struct Command : Text {
  static std::string Print(const std::string& value);
};

/// The games of a target, with the thresholds of each.
struct Games {
  using Owner = TargetConfig;
  static void Read(const KeySource& source, TargetConfig& target);
  static YamlValue Print(const TargetConfig& target);
  static void ListPaths(const std::string& path, std::vector<std::string>& paths);
};

/// What a game calls its tables, columns and statuses.
struct GameTables {
  static void Read(const KeySource& source, collectors::GameOptions& game);
  static YamlValue Print(const collectors::GameOptions& game);
};

/// One number from 0 up for each of kThresholds that has the scope.
template <ThresholdScope scope>
struct ThresholdValues {
  static void Read(const KeySource& source, Thresholds::Values& value);
  static YamlValue Print(const Thresholds::Values& value);
  static void ListPaths(const std::string& path, std::vector<std::string>& paths);
};

/// The options of collectors by name. Printed for every collector there is.
struct Collectors {
  static void Read(const KeySource& source, CollectConfig& collect);
  static YamlValue Print(const CollectConfig& collect);
  static void ListPaths(const std::string& path, std::vector<std::string>& paths);
};

/// How long the history is kept: twice as long as a query looks back for a sample, or longer.
struct Retention : TimeSpan {
  static void Read(const KeySource& source, Duration& value);
};

/// The memory that the history may take: 1MiB or more.
struct HistorySize {
  using Owner = Config;
  static void Read(const KeySource& source, Config& config);
  static std::string Print(const Config& config);
  static bool Equal(const Config& one, const Config& other);
};

/// Names of experimental features of PromQL.
struct FeatureNames {
  static void Read(const KeySource& source, promql::Features& value);
  static std::string Print(promql::Features value);
};

/// The path of a URL: it begins with a slash.
struct UrlPath : Text {
  static void Read(const KeySource& source, std::string& value);
};

/// A web address for links, as web::ParseExternalUrl takes it.
struct ExternalUrl {
  static void Read(const KeySource& source, std::string& value);
  static std::string Print(const std::string& value);
};

/// A regular expression.
struct Pattern : Text {
  static void Read(const KeySource& source, std::string& value);
};

/// When rules are evaluated: `on_collect` or `aligned`.
struct Evaluation {
  static void Read(const KeySource& source, rules::EvaluationMode& value);
  static std::string Print(rules::EvaluationMode value);
};

/// A map from names of labels to their values.
struct LabelMap {
  static void Read(const KeySource& source, Labels& value);
  static YamlValue Print(const Labels& value);
};

/// Who may change something: `local` or `open`.
struct AdminAccess {
  static void Read(const KeySource& source, web::AdminPolicy& value);
  static std::string Print(web::AdminPolicy value);
};

}  // namespace values
}  // namespace hakem::config
