#include "web/access/access_control.h"

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "web/http/accept_header.h"

namespace hakem::web {
namespace {

constexpr Duration kLookEvery = std::chrono::seconds(1);
constexpr std::size_t kMostCredentialBytes = 4096;  // Far longer than any password.

struct Credentials {
  std::string user;
  std::string password;
};

/// Returns nothing when the text is not valid base64.
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
  if (header.size() > kMostCredentialBytes || !EqualIgnoringCase(TakeUntil(header, ' '), "Basic")) {
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

AccessControl::AccessControl(WebConfigFile& file, const Clock& clock, Instruments& instruments)
    : file_(file),
      clock_(clock),
      refusals_(&instruments),
      poller_([this](const std::stop_token& stop) {
        while (clock_.SleepUntil(clock_.SteadyNow() + kLookEvery, stop)) {
          Poll();
        }
      }) {
  for (const RefusalReason reason : {RefusalReason::kPassword, RefusalReason::kRate}) {
    refusals_.Add(reason, 0);
  }
}

void AccessControl::Poll() {
  try {
    file_.Current();
  } catch (const std::exception&) {  // No memory: try again in a second.
  }
}

std::optional<Verdict> AccessControl::Judge(const Request& head, Callback callback) {
  const auto loaded = file_.InForce();
  if (!loaded->limiter->Admit(clock_.SteadyNow())) {
    return TurnAway(TooMany("too many requests: web.yml has a rate_limit"), RefusalReason::kRate);
  }
  if (loaded->config.users.empty()) {
    return Verdict{};
  }
  return JudgeCredentials(loaded, head, callback);
}

std::optional<Verdict> AccessControl::JudgeCredentials(
    const std::shared_ptr<const LoadedWebConfig>& loaded, const Request& head,
    const Callback& callback) {
  const auto given = ParseBasic(head.Header("Authorization"));
  if (!given) {
    return JudgePassword(false);
  }
  if (loaded->passwords->Remembers(given->user, given->password)) {
    return JudgePassword(true);
  }
  queue_.Push({.address = TurnOf(head.client.address),
               .user = given->user,
               .run =
                   [this, loaded, given, callback] {
                     callback(
                         JudgePassword(loaded->passwords->IsRight(given->user, given->password)));
                   },
               .turn_away =
                   [this, callback] {
                     callback(TurnAway(TooMany("too many passwords of this address are being "
                                               "checked: ask again"),
                                       RefusalReason::kRate));
                   }});
  return std::nullopt;
}

Verdict AccessControl::JudgePassword(bool right) {
  return right ? Verdict{.authenticated = true, .refusal = {}}
               : TurnAway(Unauthorized(), RefusalReason::kPassword);
}

void AccessControl::AddHeaders(Response& response) {
  for (const HeaderField& header : file_.InForce()->config.headers) {
    PutHeader(response, header);
  }
}

Verdict AccessControl::TurnAway(Response response, RefusalReason reason) {
  refusals_.Add(reason);
  return {.authenticated = false, .refusal = std::move(response)};
}

}  // namespace hakem::web
