#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/result.h"

namespace hakem::demo {

/// One alert in a chat message, by the keys of Slack's attachments.
struct ChatAttachment {
  std::string title;
  std::string text;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string footer;
  bool resolved = false;  ///< Whether its colour says that all is well again.

  /// The value of the field with this title, "" when there is none.
  std::string_view Field(std::string_view name) const;
};

/// What Hakem posts to a webhook.
struct ChatMessage {
  std::string text;
  std::vector<ChatAttachment> attachments;
};

/// Reads a posted body. Errors: kInvalidInput.
Result<ChatMessage> ParseChatMessage(std::string_view json);

/// The message for a terminal: lines of at most 100 columns, each begun by `margin`.
std::string FormatChatMessage(const ChatMessage& message, std::string_view margin);

}  // namespace hakem::demo
