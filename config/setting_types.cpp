#include "config/setting_types.h"

#include <fmt/format.h>

#include <utility>

#include "config/settings.h"
#include "config/shown_text.h"
#include "model/byte_size.h"
#include "model/duration.h"
#include "model/regex.h"
#include "web/http/external_url.h"
#include "yaml/map_reader.h"

namespace hakem::config::values {
namespace {

/// Twice as long as a query looks back for the last sample of a series.
constexpr Duration kShortestRetention = std::chrono::minutes(10);
constexpr std::uint64_t kSmallestHistory = 1U << 20;

constexpr std::string_view kOnCollect = "on_collect";
constexpr std::string_view kAligned = "aligned";

/// Reports `name: message`.
void WrongValue(const KeySource& source, std::string_view message) {
  source.Wrong(fmt::format("{}: {}", source.name, message));
}

}  // namespace

void Dsn::Read(const KeySource& source, Conninfo& value) {
  std::string dsn;
  source.reader.Text(source.name, dsn);
  if (Result<Conninfo> conninfo = Conninfo::Parse(Secret(dsn)); conninfo) {
    value = *std::move(conninfo);
  } else {
    WrongValue(source, conninfo.error().message);
  }
}

std::string Dsn::Print(const Conninfo& value) {
  return YamlText(value.Masked());
}

void Password::Read(const KeySource& source, Conninfo& value) {
  std::string password;
  source.reader.Text(source.name, password);
  if (!password.empty()) {
    value.SetPassword(Secret(std::move(password)));
  }
}

std::string Password::Print(const Conninfo& /*value*/) {
  return "";
}

std::string Command::Print(const std::string& value) {
  return value.empty() ? "" : YamlText(MaskedCommand(value));
}

void Retention::Read(const KeySource& source, Duration& value) {
  source.reader.Length(source.name, value);
  if (value < kShortestRetention) {
    WrongValue(source, "the history is kept for 10m at least");
  }
}

void HistorySize::Read(const KeySource& source, Config& config) {
  std::string size;
  source.reader.Text(source.name, size);
  if (size.empty()) {
    return;
  }
  const Result<std::uint64_t> bytes = ParseByteSize(size);
  if (!bytes) {
    source.Wrong(bytes.error().message);
  } else if (*bytes < kSmallestHistory) {
    WrongValue(source, "the history needs 1MiB at least");
  } else {
    config.history.max_bytes = *bytes;
    config.history_is_sized = true;
  }
}

std::string HistorySize::Print(const Config& config) {
  return FormatByteSize(config.history.max_bytes);
}

bool HistorySize::Equal(const Config& one, const Config& other) {
  return one.history.max_bytes == other.history.max_bytes;
}

void FeatureNames::Read(const KeySource& source, promql::Features& value) {
  std::vector<std::string> names;
  source.reader.Texts(source.name, names);
  if (const Result<promql::Features> features = promql::FeaturesNamed(names)) {
    value = *features;
  } else {
    WrongValue(source, features.error().message);
  }
}

std::string FeatureNames::Print(promql::Features value) {
  return YamlList(promql::Names(value));
}

void UrlPath::Read(const KeySource& source, std::string& value) {
  source.reader.Text(source.name, value);
  if (!value.starts_with('/')) {
    WrongValue(source, "a path begins with /");
  }
}

void ExternalUrl::Read(const KeySource& source, std::string& value) {
  source.reader.Text(source.name, value);
  if (value.empty()) {
    return;
  }
  if (Result<std::string> url = web::ParseExternalUrl(value); url) {
    value = *std::move(url);
  } else {
    WrongValue(source, url.error().message);
  }
}

std::string ExternalUrl::Print(const std::string& value) {
  return YamlText(MaskedUrl(value));
}

void Pattern::Read(const KeySource& source, std::string& value) {
  source.reader.Text(source.name, value);
  if (const Result<Regex> pattern = Regex::Compile(value); !pattern) {
    WrongValue(source, pattern.error().message);
  }
}

void Evaluation::Read(const KeySource& source, rules::EvaluationMode& value) {
  std::string word = Print(value);
  source.reader.Text(source.name, word);
  if (word != kOnCollect && word != kAligned) {
    WrongValue(source, fmt::format("\"{}\" is neither {} nor {}", word, kOnCollect, kAligned));
  }
  value = word == kAligned ? rules::EvaluationMode::kAligned : rules::EvaluationMode::kOnCollect;
}

std::string Evaluation::Print(rules::EvaluationMode value) {
  return std::string(value == rules::EvaluationMode::kAligned ? kAligned : kOnCollect);
}

void LabelMap::Read(const KeySource& source, Labels& value) {
  source.reader.Map(source.name, [&](yaml::MapReader& map) {
    std::vector<Label> labels;
    for (const yaml::Node::Entry& entry : source.reader.At(source.name).entries()) {
      if (entry.key().empty() || entry.key() == kMetricNameLabel) {
        map.Wrong(entry.key_node, fmt::format("{}: \"{}\" cannot be the name of a label",
                                              source.name, entry.key()));
      }
      std::string text;
      map.Text(entry.key(), text);
      labels.push_back({entry.key(), std::move(text)});
    }
    value = Labels(labels);
  });
}

YamlValue LabelMap::Print(const Labels& value) {
  YamlValue map;
  for (const LabelView label : value) {
    map.entries.push_back(
        {IsValidLabelName(label.name) ? std::string(label.name) : YamlText(label.name),
         YamlValue::Scalar(YamlText(label.value))});
  }
  map.is_on_one_line = true;
  return map.empty() ? YamlValue::Scalar("{}") : map;
}

void AdminAccess::Read(const KeySource& source, web::AdminPolicy& value) {
  std::string word = Print(value);
  source.reader.Text(source.name, word);
  if (word != "local" && word != "open") {
    WrongValue(source, fmt::format("\"{}\" is neither local nor open", word));
  }
  value = word == "open" ? web::AdminPolicy::kOpen : web::AdminPolicy::kLocal;
}

std::string AdminAccess::Print(web::AdminPolicy value) {
  return value == web::AdminPolicy::kOpen ? "open" : "local";
}

}  // namespace hakem::config::values
