#include "web/prometheus_api/status.h"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

#include "model/duration.h"
#include "web/prometheus_api/envelope.h"
#include "web/prometheus_api/json/text.h"

namespace hakem::web {
namespace {

/// The Prometheus whose language, texts and API Hakem has.
constexpr std::string_view kPrometheusVersion = "3.5.0";

void AppendMember(std::string& json, std::string_view name, std::string_view text) {
  json += json.back() == '{' ? "" : ",";
  AppendJsonString(json, name);
  json += ':';
  AppendJsonString(json, text);
}

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string WorkingDirectory() {
  std::error_code ignored;
  return std::filesystem::current_path(ignored).string();
}

}  // namespace

Response BuildInfoResponse(const ServerFacts& facts) {
  ApiAnswer answer;
  std::string& json = answer.data();
  json += '{';
  AppendMember(json, "version", kPrometheusVersion);
  AppendMember(json, "revision", "hakem " + facts.version);
  AppendMember(json, "branch", "");
  AppendMember(json, "buildUser", "");
  AppendMember(json, "buildDate", "");
  AppendMember(json, "goVersion", "");
  json += '}';
  return answer.Finish();
}

Response ConfigResponse(const ServerFacts& facts) {
  ApiAnswer answer;
  std::string& json = answer.data();
  json += '{';
  AppendMember(json, "yaml", facts.config_yaml);
  json += '}';
  return answer.Finish();
}

Response FlagsResponse(const ServerFacts& facts) {
  ApiAnswer answer;
  std::string& json = answer.data();
  json += '{';
  for (const auto& [name, value] : facts.flags) {
    AppendMember(json, name, value);
  }
  json += '}';
  return answer.Finish();
}

Response RuntimeInfoResponse(const ServerFacts& facts, Timestamp now) {
  ApiAnswer answer;
  std::string& json = answer.data();
  json += '{';
  AppendMember(json, "startTime", FormatRfc3339(facts.started));
  AppendMember(json, "CWD", WorkingDirectory());
  AppendMember(json, "hostname", HostName());
  AppendMember(json, "serverTime", FormatRfc3339(now));
  json += R"(,"reloadConfigSuccess":true,"corruptionCount":0)";
  AppendMember(json, "lastConfigTime", FormatRfc3339(facts.started));
  AppendMember(json, "storageRetention", FormatDuration(facts.retention));
  json += '}';
  return answer.Finish();
}

}  // namespace hakem::web
