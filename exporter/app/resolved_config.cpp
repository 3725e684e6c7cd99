#include "exporter/app/resolved_config.h"

#include <fmt/format.h>

#include <utility>

#include "config/auth_modules.h"
#include "config/environment.h"
#include "config/rule_files.h"
#include "config/shown_text.h"
#include "exporter/app/http_listener.h"
#include "exporter/scrape/target_setup.h"

namespace hakem::exporter {
namespace {

/// Errors: kInvalidInput: the modules file is wrong, or a host is not HOST:PORT.
Result<ProbeOptions> MakeProbeOptions(const config::Config& config) {
  auto modules = config::LoadAuthModules(config.probe.modules_file, config::ProcessEnvironment());
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
  scrape.games.clear();  // Games are configured for the target only.
  scrape.enabled["game"] = false;
  const config::Conninfo& watched = config.target.conninfo;
  return ProbeOptions{.watched_name = config.target.name,
                      .watched_address = fmt::format(
                          "{}:{}", watched.Get("host"),
                          watched.Get("port").empty() ? std::string("5432") : watched.Get("port")),
                      .hosts = config.probe.hosts,
                      .modules = *std::move(modules),
                      .scrape = std::move(scrape)};
}

}  // namespace

Result<ResolvedConfig> ResolveConfig(const config::Config& config) {
  auto groups = config::LoadRuleFiles(config);
  if (!groups) {
    return Fail(groups.error());
  }
  auto receivers = config::MakeReceiverSettings(config.receivers);
  if (!receivers) {
    return Fail(receivers.error());
  }
  const auto address = web::ParseListenAddress(config.listen);
  if (!address) {
    return Fail(address.error());
  }
  auto external_url = ExternalUrl(config, *address);
  if (!external_url) {
    return Fail(external_url.error());
  }
  auto probe = MakeProbeOptions(config);
  if (!probe) {
    return Fail(probe.error());
  }
  return ResolvedConfig{.groups = *std::move(groups),
                        .receivers = *std::move(receivers),
                        .address = *address,
                        .external_url = *std::move(external_url),
                        .target_labels = TargetLabels(config, *address),
                        .probe = *std::move(probe)};
}

Result<std::string> ExternalUrl(const config::Config& config, const web::ListenAddress& address) {
  // The web.yml is checked even if it does not decide.
  return UrlScheme(config.web_config_file).transform([&](std::string_view scheme) {
    return config.external_url.empty() ? fmt::format("{}://{}", scheme, ReachableAddress(address))
                                       : config::PublicUrl(config.external_url);
  });
}

}  // namespace hakem::exporter
