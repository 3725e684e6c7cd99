#include "demo/hakem_client.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace hakem::demo {
namespace {

/// Returns the sum of a family's samples on a page in text format 0.0.4.
std::optional<double> Total(std::string_view page, std::string_view name) {
  std::optional<double> total;
  while (!page.empty()) {
    const std::string_view line = page.substr(0, page.find('\n'));
    page.remove_prefix(std::min(line.size() + 1, page.size()));
    if (!line.starts_with(name) || line.size() <= name.size() ||
        (line[name.size()] != '{' && line[name.size()] != ' ')) {
      continue;
    }
    double value = 0;
    const char* const end = line.data() + line.size();
    if (std::from_chars(line.data() + line.rfind(' ') + 1, end, value).ptr == end) {
      total = total.value_or(0) + value;
    }
  }
  return total;
}

}  // namespace

HakemClient::HakemClient(std::string url, Fetch fetch)
    : url_(std::move(url)), fetch_(std::move(fetch)) {}

bool HakemClient::Ready() const {
  return fetch_(url_ + "/-/ready").has_value();
}

Result<Figures> HakemClient::ReadFigures() const {
  return fetch_(url_ + "/metrics").transform([](const std::string& page) {
    return ParseFigures(page);
  });
}

Result<std::vector<AlertSeen>> HakemClient::ReadAlerts() const {
  return fetch_(url_ + "/api/v1/alerts").and_then([](const std::string& json) {
    return ParseAlerts(json);
  });
}

Figures ParseFigures(std::string_view page) {
  return {.active_games = Total(page, "game_active_games"),
          .online_players = Total(page, "game_online_players"),
          .moves_per_minute = Total(page, "game_moves_per_minute")};
}

Result<std::vector<AlertSeen>> ParseAlerts(std::string_view json) {
  std::vector<AlertSeen> seen;
  try {
    const nlohmann::json answer = nlohmann::json::parse(json);
    for (const auto& alert : answer.at("data").at("alerts")) {
      seen.push_back({alert.at("labels").at("alertname").get<std::string>(),
                      alert.at("state").get<std::string>() == "firing"});
    }
  } catch (const nlohmann::json::exception& exception) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("read alerts: {}", exception.what()));
  }
  return seen;
}

}  // namespace hakem::demo
