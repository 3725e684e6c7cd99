#include "exporter/session/host_walk.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <random>

#include "model/clock.h"

namespace hakem::exporter {
namespace {

std::vector<std::string> SplitList(std::string_view list) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == list.npos) {
      return parts;
    }
    list.remove_prefix(comma + 1);
  }
}

bool IsAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return host.empty() || host.front() == '/' || host.front() == '@' ||
         inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), address.data()) == 1;
}

/// One host of a connection string, before its name is resolved.
struct Host {
  std::string name;
  std::string address;
  std::string port;
};

/// Splits the lists of hosts and ports. Returns nothing if their lengths differ.
std::optional<std::vector<Host>> SplitHosts(const config::Conninfo& conninfo) {
  const std::vector<std::string> names = SplitList(EffectiveParameter(conninfo, "host"));
  const std::vector<std::string> addresses = SplitList(EffectiveParameter(conninfo, "hostaddr"));
  const std::vector<std::string> ports = SplitList(EffectiveParameter(conninfo, "port"));
  const bool by_address = addresses.size() > 1 || !addresses[0].empty();
  const bool by_name = names.size() > 1 || !names[0].empty();
  const std::size_t count = by_address ? addresses.size() : names.size();
  if ((by_address && by_name && names.size() != count) ||
      (ports.size() > 1 && ports.size() != count)) {
    return std::nullopt;
  }
  std::vector<Host> hosts(count);
  for (std::size_t i = 0; i < count; ++i) {
    hosts[i] = {.name = by_name ? names[i] : "",
                .address = by_address ? addresses[i] : "",
                .port = ports[ports.size() > 1 ? i : 0]};
  }
  return hosts;
}

config::Conninfo AttemptAt(config::Conninfo conninfo, const Host& host,
                           const std::string& address) {
  conninfo.Set("host", host.name);
  conninfo.Set("hostaddr", address);
  conninfo.Set("port", host.port);
  return conninfo;
}

/// Whether libpq would try the next host after this failure.
bool TriesNext(DownReason reason) {
  return reason == DownReason::kConnect || reason == DownReason::kTimeout ||
         reason == DownReason::kRecovery;
}

/// The failure that is most useful to report: one of a server that responded comes first.
int Weight(DownReason reason) {
  constexpr std::array kOrder = {DownReason::kConnect, DownReason::kTimeout, DownReason::kRecovery};
  const auto* const found = std::find(kOrder.begin(), kOrder.end(), reason);
  return static_cast<int>(found - kOrder.begin());
}

/// Combines the failures of several hosts.
ConnectFailure Joined(ConnectFailure joined, const ConnectFailure& next) {
  if (joined.error.message.empty()) {
    return next;
  }
  if (joined.error.message.find(next.error.message) == std::string::npos) {
    joined.error.message += "; " + next.error.message;
  }
  if (Weight(next.reason) > Weight(joined.reason)) {
    joined.reason = next.reason;
    joined.error.code = next.error.code;
  }
  return joined;
}

}  // namespace

std::vector<std::string> ResolveHost(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
    return {};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  return addresses;
}

std::string EffectiveParameter(const config::Conninfo& conninfo, std::string_view keyword) {
  if (std::string set = conninfo.Get(keyword); !set.empty()) {
    return set;
  }
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> defaults(PQconndefaults(),
                                                                              &PQconninfoFree);
  const PQconninfoOption* option = defaults.get();
  while (option != nullptr && option->keyword != nullptr) {
    if (option->keyword == keyword) {
      return option->val != nullptr ? option->val : "";
    }
    ++option;
  }
  return "";
}

std::vector<config::Conninfo> HostAttempts(const config::Conninfo& conninfo,
                                           const Resolver& resolve) {
  const auto hosts = SplitHosts(conninfo);
  // libpq reads the service file.
  if (!hosts || !conninfo.Get("service").empty()) {
    return {conninfo};
  }
  std::vector<config::Conninfo> attempts;
  for (const Host& host : *hosts) {
    const auto addresses = host.address.empty() && !IsAddress(host.name)
                               ? resolve(host.name)
                               : std::vector<std::string>();
    if (addresses.size() < 2) {
      attempts.push_back(AttemptAt(conninfo, host, host.address));
    }
    for (std::size_t i = 0; addresses.size() > 1 && i < addresses.size(); ++i) {
      attempts.push_back(AttemptAt(conninfo, host, addresses[i]));
    }
  }
  if (conninfo.Get("load_balance_hosts") == "random") {
    std::shuffle(attempts.begin(), attempts.end(), std::minstd_rand(std::random_device{}()));
  }
  if (EffectiveParameter(conninfo, "target_session_attrs") == "prefer-standby" &&
      attempts.size() > 1) {
    std::vector<config::Conninfo> any = attempts;
    for (config::Conninfo& attempt : attempts) {
      attempt.Set("target_session_attrs", "standby");
    }
    for (config::Conninfo& attempt : any) {
      attempt.Set("target_session_attrs", "any");
    }
    attempts.insert(attempts.end(), any.begin(), any.end());
  }
  return attempts;
}

Duration AttemptLimit(Duration rest, std::size_t left, Duration connect_timeout) {
  const Duration share = rest / static_cast<Duration::rep>(left);
  return connect_timeout > Duration(0) ? std::min(share, connect_timeout) : share;
}

Duration ConnectTimeout(std::string_view text) {
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(seconds > 0 ? std::max(seconds, 2) : 0);
}

tl::expected<RawConnection, ConnectFailure> ConnectToAHost(const config::Conninfo& conninfo,
                                                           Duration limit,
                                                           const std::stop_token& stop,
                                                           Notices* notices) {
  const SteadyTime deadline = SystemClock().SteadyNow() + limit;
  const Duration connect_timeout = ConnectTimeout(EffectiveParameter(conninfo, "connect_timeout"));
  const std::vector<config::Conninfo> attempts = HostAttempts(conninfo, &ResolveHost);
  ConnectFailure failure;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const Duration rest =
        i == 0 ? limit : std::chrono::ceil<Duration>(deadline - SystemClock().SteadyNow());
    if (rest <= Duration(0)) {
      break;
    }
    auto made =
        ConnectInSteps(attempts[i].ToDsn(),
                       AttemptLimit(rest, attempts.size() - i, connect_timeout), stop, notices);
    if (made) {
      return made;
    }
    failure = Joined(std::move(failure), made.error());
    if (stop.stop_requested() || !TriesNext(made.error().reason)) {
      break;
    }
  }
  return tl::unexpected(std::move(failure));
}

}  // namespace hakem::exporter
