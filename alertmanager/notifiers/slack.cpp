#include "alertmanager/notifiers/slack.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <nlohmann/json.hpp>

#include "alertmanager/notify/notifier.h"
#include "format/json_writer.h"
#include "format/number.h"
#include "model/duration.h"

namespace hakem::alertmanager {
namespace {

constexpr std::size_t kMaxAttachments = 20;  // More make Slack fold the message.
constexpr std::size_t kMaxTitle = 1024;      // In characters, as Alertmanager cuts it.
constexpr std::size_t kMaxText = 3000;
constexpr std::size_t kLongestWord = 100;  // Slack's reasons are shorter: `invalid_payload`.

/// At most this many characters, the last of them an ellipsis when something is cut.
std::string Cut(std::string_view text, std::size_t max_characters) {
  std::size_t characters = 0;
  std::size_t last = 0;  // Where the last character that is kept whole begins.
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) {
      continue;
    }
    if (++characters == max_characters) {
      last = i;
    } else if (characters > max_characters) {
      return fmt::format("{}…", text.substr(0, last));
    }
  }
  return std::string(text);
}

/// Slack's three control characters.
std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string_view Color(const Alert& alert) {
  if (!alert.firing()) {
    return "good";
  }
  return alert.labels.Get("severity") == "critical" ? "danger" : "warning";
}

void WriteField(JsonWriter& json, std::string_view title, std::string_view value) {
  json.Object([&] {
    json.Member("title", Escape(title));
    json.Member("value", Escape(value));
    json.Member("short", true);
  });
}

void WriteFields(JsonWriter& json, const Alert& alert) {
  json.Array([&] {
    WriteField(json, alert.firing() ? "Value" : "Last value",
               FormatNumber(alert.value, NumberForm::kExposition));
    if (!alert.firing()) {
      WriteField(json, "Fired for",
                 FormatDuration(
                     std::chrono::round<std::chrono::seconds>(*alert.ends_at - alert.starts_at)));
    }
    for (const LabelView label : alert.labels) {
      WriteField(json, label.name, label.value);
    }
  });
}

std::string Text(const Alert& alert) {
  std::string text = Escape(Cut(Annotation(alert, "description"), kMaxText));
  const std::string_view runbook = Annotation(alert, "runbook_url");
  // In <address|text> a bar would end the address.
  if (IsWebAddress(runbook) && runbook.find('|') == runbook.npos) {
    text += fmt::format("{}<{}|Runbook>", text.empty() ? "" : "\n", Escape(runbook));
  }
  return text;
}

void WriteAttachment(JsonWriter& json, const Alert& alert, std::string_view footer) {
  const std::string title = Cut(Headline(alert), kMaxTitle);
  const Timestamp when = alert.firing() ? alert.starts_at : *alert.ends_at;
  json.Object([&] {
    json.Member("color", Color(alert));
    json.Member("fallback",
                Escape(fmt::format("{} {}", alert.firing() ? "[FIRING]" : "[RESOLVED]", title)));
    json.Member("title", Escape(title));
    json.Member("text", Text(alert));
    json.Key("fields");
    WriteFields(json, alert);
    json.Member("footer", footer);
    json.Member("ts", std::chrono::floor<std::chrono::seconds>(when.time_since_epoch()).count());
    json.Key("mrkdwn_in").Array([&] { json.Value("text"); });
    if (IsWebAddress(alert.generator_url)) {
      json.Member("title_link", alert.generator_url);
    }
  });
}

/// Writes the alerts that a message shows. The last one says how many it does not.
void WriteAttachments(JsonWriter& json, const Notification& notification) {
  const std::size_t total = notification.firing.size() + notification.resolved.size();
  const std::string footer = fmt::format("Hakem: {}", ToString(notification.reason));
  std::size_t written = 0;
  json.Array([&] {
    for (const auto* alerts : {&notification.firing, &notification.resolved}) {
      for (const Alert& alert : *alerts) {
        if (++written > kMaxAttachments) {
          return;
        }
        WriteAttachment(json, alert,
                        written == kMaxAttachments && total > kMaxAttachments
                            ? fmt::format("{} more alerts are not shown", total - kMaxAttachments)
                            : footer);
      }
    }
  });
}

/// Whether the address is Slack's own, whose answers have a known form. Other servers take Slack's
/// messages too and answer as they like.
bool IsSlacks(std::string_view url) {
  constexpr std::string_view kDomains[] = {"slack.com", "slack-gov.com"};
  url.remove_prefix(std::min(url.size(), url.find("://") + 3));
  std::string host(url.substr(0, url.find_first_of("/?#")));
  host.erase(0, host.rfind('@') + 1);
  host.resize(std::min(host.size(), host.find(':')));
  std::transform(host.begin(), host.end(), host.begin(), [](char c) {
    return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::any_of(std::begin(kDomains), std::end(kDomains), [&](std::string_view domain) {
    return host == domain || host.ends_with(fmt::format(".{}", domain));
  });
}

/// Slack says 200 also to what it did not take: the body must say ok. An answer that is not in
/// Slack's form comes from something between, which may be gone the next time.
Delivery JudgeBody(const HttpResponse& response, const Secret& url) {
  const std::string_view body = response.body;
  if (body.substr(0, body.find_last_not_of(" \t\r\n") + 1) == "ok") {
    return {};
  }
  const auto answer = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (answer.is_object() && answer.contains("ok") && answer["ok"] == true) {
    return {};
  }
  const bool is_slacks = answer.is_object() || (!body.empty() && body.size() <= kLongestWord &&
                                                body.find_first_of(" <") == body.npos);
  return Fail(DeliveryFailure{{is_slacks ? ErrorCode::kRefused : ErrorCode::kUnavailable,
                               fmt::format("the server answered {}, but not \"ok\": \"{}\"",
                                           response.status, Excerpt(body, url))},
                              is_slacks ? FailureReason::kClientError : FailureReason::kOther,
                              std::nullopt});
}

class SlackNotifier final : public Notifier {
 public:
  SlackNotifier(SlackSettings settings, HttpClient& http)
      : settings_(std::move(settings)), is_slacks_(IsSlacks(settings_.url.Reveal())), http_(http) {}

  Delivery Notify(const Notification& notification, const std::stop_token& stop) override {
    const auto response = http_.Send({.url = settings_.url,
                                      .headers = {{"Content-Type", "application/json"}},
                                      .body = FormatSlackMessage(notification),
                                      .timeout = settings_.timeout,
                                      .cuts_long_answer = true},
                                     stop);
    if (!response) {
      return NoAnswer(response.error());
    }
    if (Delivery judged = JudgeHttp(*response, settings_.url); !judged) {
      return judged;
    }
    return is_slacks_ ? JudgeBody(*response, settings_.url) : Delivery();
  }

 private:
  const SlackSettings settings_;
  const bool is_slacks_;
  HttpClient& http_;
};

}  // namespace

std::string FormatSlackMessage(const Notification& notification) {
  std::string text = Cut(Subject(notification), kMaxTitle);
  if (notification.firing_was_not_sent) {
    text += "\nSome of it ended before a message that it fired could be delivered.";
  }
  std::string message;
  JsonWriter json(message);
  json.Object([&] {
    json.Member("text", Escape(text));
    json.Key("attachments");
    WriteAttachments(json, notification);
  });
  return message;
}

extern const NotifierSpec slack;
constinit const NotifierSpec slack{
    .name = "slack",
    .help = "A Slack incoming webhook, or a server that understands its messages.",
    .make = [](const ReceiverSettings& settings,
               const NotifierDeps& deps) -> std::unique_ptr<Notifier> {
      if (!settings.slack) {
        return nullptr;
      }
      return std::make_unique<SlackNotifier>(*settings.slack, deps.http);
    }};

}  // namespace hakem::alertmanager
