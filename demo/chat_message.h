#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/result.h"

namespace hakem::demo {

/// One alert in a chat message: an attachment of Slack.
struct ChatAttachment {
  std::string title;
  std::string text;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string footer;
  bool resolved = false;  ///< True if its colour means that the alert is resolved.

  /// Returns the value of the field with this title; "" if there is none.
  std::string_view Field(std::string_view name) const;
};

/// A message that Hakem posts to a webhook.
struct ChatMessage {
  std::string text;
  std::vector<ChatAttachment> attachments;
};

/// Parses a posted body. Errors: kInvalidInput: it is no such message.
Result<ChatMessage> ParseChatMessage(std::string_view json);

/// Formats a message for a terminal: lines of at most 100 columns that begin with `margin`.
std::string FormatChatMessage(const ChatMessage& message, std::string_view margin);

}  // namespace hakem::demo
