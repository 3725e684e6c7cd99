#include "web/access/access_control.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "web/weighted_list.h"

namespace hakem::web {
namespace {

constexpr std::array<std::string_view, 1> kReasonLabel{"reason"};
constexpr Instrument kRefused{.name = "hakem_http_refused_total",
                              .type = MetricType::kCounter,
                              .help = "Requests turned away by web.yml, by reason.",
                              .labels = kReasonLabel};

struct Credentials {
  std::string user;
  std::string password;
};

/// Nothing when a character is none of base64's.
std::optional<std::string> DecodeBase64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string decoded;
  unsigned bits = 0;
  int count = 0;
  while (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == kDigits.npos) {
      return std::nullopt;
    }
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      decoded += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return decoded;
}

std::optional<Credentials> ParseBasic(std::string_view header) {
  if (!EqualIgnoringCase(TakeUntil(header, ' '), "Basic")) {
    return std::nullopt;
  }
  const auto decoded = DecodeBase64(Trim(header));
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return std::nullopt;
  }
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

Response Unauthorized() {
  Response response = TextResponse(401, "a user and a password are needed");
  response.headers.push_back({"WWW-Authenticate", "Basic realm=\"Hakem\", charset=\"UTF-8\""});
  return response;
}

Response TooMany(std::string_view what) {
  Response response = TextResponse(429, what);
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

void PutHeader(Response& response, const HeaderField& header) {
  std::erase_if(response.headers, [&](const HeaderField& field) {
    return EqualIgnoringCase(field.name, header.name);
  });
  response.headers.push_back(header);
}

}  // namespace

AccessControl::AccessControl(WebConfigFile& file, const Clock& clock, Instruments& instruments,
                             Handler next)
    : file_(file), clock_(clock), instruments_(instruments), next_(std::move(next)) {
  for (const std::string_view reason : {"password", "rate"}) {
    instruments_.Add(kRefused, {reason}, 0);
  }
}

Response AccessControl::Answer(const Request& request) {
  const auto loaded = file_.Current();
  Response response = !loaded->limiter->Admit(clock_.SteadyNow())
                          ? TurnAway(TooMany("too many requests: web.yml has a rate_limit"), "rate")
                      : loaded->config.users.empty() ? next_(request)
                                                     : AnswerWithPassword(*loaded, request);
  for (const HeaderField& header : loaded->config.headers) {
    PutHeader(response, header);
  }
  return response;
}

Response AccessControl::AnswerWithPassword(const LoadedWebConfig& loaded, const Request& request) {
  const auto credentials = ParseBasic(request.Header("Authorization"));
  if (!credentials) {
    return TurnAway(Unauthorized(), "password");
  }
  switch (loaded.passwords->Check(credentials->user, credentials->password)) {
    case PasswordCheck::Outcome::kRight:
      break;
    case PasswordCheck::Outcome::kWrong:
      return TurnAway(Unauthorized(), "password");
    case PasswordCheck::Outcome::kBusy:
      return TurnAway(TooMany("too many passwords are being checked: ask again"), "rate");
  }
  Request authenticated = request;
  authenticated.client.authenticated = true;
  return next_(authenticated);
}

Response AccessControl::TurnAway(Response response, std::string_view reason) {
  instruments_.Add(kRefused, {reason});
  return response;
}

}  // namespace hakem::web
