#include "alertmanager/notifiers/slack.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "alertmanager/notifier.h"
#include "model/duration.h"

namespace hakem::alertmanager {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxAttachments = 20;  // More make Slack fold the message.
constexpr std::size_t kMaxTitle = 1024;      // In characters, as Alertmanager cuts it.
constexpr std::size_t kMaxText = 3000;

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

Json Field(std::string_view title, std::string_view value) {
  return {{"title", Escape(title)}, {"value", Escape(value)}, {"short", true}};
}

Json Fields(const Alert& alert) {
  Json fields = Json::array();
  const std::string value = fmt::format("{}", alert.value);
  if (alert.firing()) {
    fields.push_back(Field("Value", value));
  } else {
    fields.push_back(Field("Last value", value));
    fields.push_back(Field("Fired for", FormatDuration(std::chrono::round<std::chrono::seconds>(
                                            *alert.ends_at - alert.starts_at))));
  }
  for (const LabelView label : alert.labels) {
    fields.push_back(Field(label.name, label.value));
  }
  return fields;
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

Json Attachment(const Alert& alert, const Notification& notification) {
  const std::string title = Cut(Headline(alert), kMaxTitle);
  const Timestamp when = alert.firing() ? alert.starts_at : *alert.ends_at;
  Json attachment{
      {"color", Color(alert)},
      {"fallback", Escape(fmt::format("{} {}", alert.firing() ? "[FIRING]" : "[RESOLVED]", title))},
      {"title", Escape(title)},
      {"text", Text(alert)},
      {"fields", Fields(alert)},
      {"footer", fmt::format("Hakem: {}", ToString(notification.reason))},
      {"ts", std::chrono::floor<std::chrono::seconds>(when.time_since_epoch()).count()},
      {"mrkdwn_in", Json::array({"text"})}};
  if (IsWebAddress(alert.generator_url)) {
    attachment["title_link"] = alert.generator_url;
  }
  return attachment;
}

/// Slack says 200 also to what it did not take: the body must say ok.
Delivery JudgeBody(const HttpResponse& response, const Secret& url) {
  const std::string_view body = response.body;
  if (body.substr(0, body.find_last_not_of(" \t\r\n") + 1) == "ok") {
    return {};
  }
  const Json answer = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (answer.is_object() && answer.contains("ok") && answer["ok"] == true) {
    return {};
  }
  return Fail(DeliveryFailure{
      {ErrorCode::kRefused, fmt::format("the server answered {}, but not \"ok\": \"{}\"",
                                        response.status, Excerpt(body, url))},
      FailureReason::kClientError,
      std::nullopt});
}

class SlackNotifier final : public Notifier {
 public:
  SlackNotifier(SlackSettings settings, HttpClient& http)
      : settings_(std::move(settings)), http_(http) {}

  Delivery Notify(const Notification& notification, const std::stop_token& stop) override {
    const auto response = http_.Send({.url = settings_.url,
                                      .headers = {{"Content-Type", "application/json"}},
                                      .body = FormatSlackMessage(notification),
                                      .timeout = settings_.timeout},
                                     stop);
    if (!response) {
      return NoAnswer(response.error());
    }
    if (Delivery judged = JudgeHttp(*response, settings_.url); !judged) {
      return judged;
    }
    return JudgeBody(*response, settings_.url);
  }

 private:
  const SlackSettings settings_;
  HttpClient& http_;
};

}  // namespace

std::string FormatSlackMessage(const Notification& notification) {
  Json attachments = Json::array();
  const std::size_t total = notification.firing.size() + notification.resolved.size();
  for (const auto* alerts : {&notification.firing, &notification.resolved}) {
    for (const Alert& alert : *alerts) {
      if (attachments.size() < kMaxAttachments) {
        attachments.push_back(Attachment(alert, notification));
      }
    }
  }
  if (total > kMaxAttachments) {
    std::string footer = fmt::format("{} more alerts are not shown", total - kMaxAttachments);
    attachments.back()["footer"] = std::move(footer);
  }
  std::string text = Cut(Subject(notification), kMaxTitle);
  if (notification.firing_was_not_told) {
    text += "\nSome of it ended before a message that it fired could be delivered.";
  }
  const Json message{{"text", Escape(text)}, {"attachments", std::move(attachments)}};
  // What is not UTF-8 becomes U+FFFD: an alert is told even when a label is broken.
  return message.dump(-1, ' ', false, Json::error_handler_t::replace);
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
