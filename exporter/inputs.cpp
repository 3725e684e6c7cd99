#include "exporter/inputs.h"

#include <fmt/format.h>

#include <tuple>
#include <utility>

#include "exporter/config/environment.h"
#include "exporter/config/rule_files.h"
#include "exporter/config/shown_text.h"
#include "exporter/port.h"
#include "exporter/probe/auth_modules.h"
#include "exporter/scrape/target_setup.h"

namespace hakem::exporter {
namespace {

/// Errors: kInvalidInput: the modules' file, or a host that is none.
Result<ProbeOptions> MakeProbeOptions(const Config& config) {
  auto modules = LoadAuthModules(config.probe.modules_file, ProcessEnvironment());
  if (!modules) {
    return Fail(modules.error());
  }
  for (const std::string& host : config.probe.hosts) {
    const auto address = web::ParseListenAddress(host);
    if (!address || address->host.empty() || address->port == 0) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("probe.hosts: \"{}\" is not HOST:PORT", host));
    }
  }
  ScrapeOptions scrape = MakeScrapeOptions(config);
  scrape.server.clear();
  scrape.games.clear();  // They are played on the watched server.
  scrape.enabled["game"] = false;
  const Conninfo& watched = config.target.conninfo;
  return ProbeOptions{.watched_name = config.target.name,
                      .watched_address = fmt::format(
                          "{}:{}", watched.Get("host"),
                          watched.Get("port").empty() ? std::string("5432") : watched.Get("port")),
                      .hosts = config.probe.hosts,
                      .modules = *std::move(modules),
                      .scrape = std::move(scrape)};
}

}  // namespace

Result<Inputs> MakeInputs(const Config& config) {
  auto groups = LoadRuleFiles(config.rule_files, config.features);
  if (!groups) {
    return Fail(groups.error());
  }
  auto receivers = MakeReceiverSettings(config.receivers);
  if (!receivers) {
    return Fail(receivers.error());
  }
  const auto address = web::ParseListenAddress(config.listen);
  if (!address) {
    return Fail(address.error());
  }
  const auto scheme = UrlScheme(config.web_config_file);
  if (!scheme) {
    return Fail(scheme.error());
  }
  auto probe = MakeProbeOptions(config);
  if (!probe) {
    return Fail(probe.error());
  }
  return Inputs{.groups = *std::move(groups),
                .receivers = *std::move(receivers),
                .address = *address,
                .external_url = config.external_url.empty()
                                    ? fmt::format("{}://{}", *scheme, Reachable(*address))
                                    : PublicUrl(config.external_url),
                .target_labels = TargetLabels(config, *address),
                .probe = *std::move(probe)};
}

std::vector<std::string_view> NeedRestart(const Config& before, const Config& after) {
  struct Key {
    std::string_view name;
    std::string Config::*value;
  };

  constexpr Key kKeys[] = {{"web.listen", &Config::listen},
                           {"web.telemetry_path", &Config::telemetry_path},
                           {"web.external_url", &Config::external_url},
                           {"web.config_file", &Config::web_config_file},
                           {"web.cors", &Config::cors},
                           {"labels.job", &Config::job},
                           {"labels.instance", &Config::instance},
                           {"state.directory", &Config::state_directory}};
  std::vector<std::string_view> keys;
  for (const Key& key : kKeys) {
    if (before.*key.value != after.*key.value) {
      keys.push_back(key.name);
    }
  }
  if (before.collect.fast != after.collect.fast) {
    keys.emplace_back("collect.lanes.fast, for the interval of rules");
  }
  if (before.admin != after.admin) {
    keys.emplace_back("web.admin");
  }
  if (before.features != after.features) {
    keys.emplace_back("promql.features, for the HTTP API");
  }
  if (before.history.retention != after.history.retention ||
      before.history.max_bytes != after.history.max_bytes) {
    keys.emplace_back("history");
  }
  const auto receivers = [](const ReceiverConfig& config) {
    return std::tie(config.slack_webhook.Reveal(), config.email_to, config.smtp_host,
                    config.smtp_port, config.smtp_user, config.smtp_password.Reveal(),
                    config.smtp_from, config.smtp_tls);
  };
  if (receivers(before.receivers) != receivers(after.receivers)) {
    keys.emplace_back("receivers");
  }
  return keys;
}

}  // namespace hakem::exporter
