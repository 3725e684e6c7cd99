#include "demo/chat_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hakem::demo {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kColumns = 100;

std::string Text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// Replaces Slack's links `<address|text>` by `text: address`.
std::string SpellOutLinks(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const auto open = std::min(text.find('<'), text.size());
    plain.append(text.substr(0, open));
    text.remove_prefix(open);
    const auto bar = text.find('|');
    const auto close = text.find('>');
    if (close == text.npos || bar > close) {
      plain.append(text.substr(0, 1));
      text.remove_prefix(std::min<std::size_t>(1, text.size()));
      continue;
    }
    plain.append(text.substr(bar + 1, close - bar - 1)).append(": ");
    plain.append(text.substr(1, bar - 1));
    text.remove_prefix(close + 1);
  }
  return plain;
}

/// Undoes Slack's three escapes.
std::string Unescape(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> kEscapes[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};
  for (const auto& [escaped, plain] : kEscapes) {
    for (auto at = text.find(escaped); at != text.npos; at = text.find(escaped, at + 1)) {
      text.replace(at, escaped.size(), plain);
    }
  }
  return text;
}

ChatAttachment ReadAttachment(const Json& json) {
  ChatAttachment attachment{.title = Unescape(Text(json, "title")),
                            .text = Unescape(SpellOutLinks(Text(json, "text"))),
                            .fields = {},
                            .footer = Unescape(Text(json, "footer")),
                            .resolved = Text(json, "color") == "good"};
  for (const Json& field : json.value("fields", Json::array())) {
    attachment.fields.emplace_back(Unescape(Text(field, "title")), Unescape(Text(field, "value")));
  }
  return attachment;
}

/// Appends a text, broken into lines between words. A word that is longer than a line is not
/// broken.
void AppendWrapped(std::string& out, std::string_view margin, std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    std::size_t length = line.size();
    if (const std::size_t room = kColumns - margin.size(); length > room) {
      const auto space = line.rfind(' ', room);
      length = space != line.npos && space > 0 ? space : std::min(line.find(' '), line.size());
    }
    out.append(margin).append(line.substr(0, length)).append("\n");
    text.remove_prefix(std::min(length + 1, text.size()));
  }
}

}  // namespace

std::string_view ChatAttachment::Field(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

Result<ChatMessage> ParseChatMessage(std::string_view json) {
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("no chat message: \"{}\"", json));
  }
  ChatMessage message{.text = Unescape(Text(parsed, "text")), .attachments = {}};
  for (const Json& attachment : parsed.value("attachments", Json::array())) {
    if (attachment.is_object()) {
      message.attachments.push_back(ReadAttachment(attachment));
    }
  }
  return message;
}

std::string FormatChatMessage(const ChatMessage& message, std::string_view margin) {
  std::string out;
  AppendWrapped(out, margin, message.text);
  for (const ChatAttachment& attachment : message.attachments) {
    AppendWrapped(out, margin, attachment.title);
    AppendWrapped(out, margin, attachment.text);
    std::string fields;
    for (const auto& [title, value] : attachment.fields) {
      fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", title, value);
    }
    AppendWrapped(out, margin, fields);
    AppendWrapped(out, margin, attachment.footer);
  }
  return out;
}

}  // namespace hakem::demo
