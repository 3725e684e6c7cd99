#include "demo/chat_message.h"

#include "tests/support/matchers.h"

namespace hakem::demo {
namespace {

constexpr std::string_view kMessage = R"({
  "text": "[FIRING:1] Many &lt;active&gt; games",
  "attachments": [{
    "color": "warning", "title": "hokm has 45 active games", "text": "More &amp; a&lt;b.\n<https://h/a?b&amp;c|Runbook> now",
    "fields": [{"title": "Value", "value": "45"}, {"title": "alertname", "value": "Many"}],
    "footer": "Hakem: new"}]})";

TEST(ChatMessage, IsReadWithoutItsEscapes) {
  const auto message = ParseChatMessage(kMessage);
  ASSERT_THAT(message, IsOk());
  EXPECT_EQ(message->text, "[FIRING:1] Many <active> games");
  ASSERT_EQ(message->attachments.size(), 1U);
  EXPECT_EQ(message->attachments[0].Field("alertname"), "Many");
  EXPECT_EQ(message->attachments[0].Field("nothing"), "");
  EXPECT_FALSE(message->attachments[0].resolved);
}

TEST(ChatMessage, IsResolvedIfItsColourIsGood) {
  const auto message = ParseChatMessage(R"({"attachments":[{"color":"good"}]})");
  ASSERT_THAT(message, IsOk());
  EXPECT_TRUE(message->attachments[0].resolved);
}

TEST(ChatMessage, IsNotReadFromOtherJson) {
  EXPECT_THAT(ParseChatMessage("hello"), HasMessage("no chat message: \"hello\""));
}

TEST(ChatMessage, IsShownLineByLine) {
  EXPECT_EQ(FormatChatMessage(*ParseChatMessage(kMessage), "| "),
            "| [FIRING:1] Many <active> games\n"
            "| hokm has 45 active games\n"
            "| More & a<b.\n"
            "| Runbook: https://h/a?b&c now\n"
            "| Value: 45, alertname: Many\n"
            "| Hakem: new\n");
}

TEST(ChatMessage, BreaksLongLinesBetweenWords) {
  const ChatMessage message{
      .text = std::string(60, 'a') + ' ' + std::string(60, 'b') + " c " + std::string(120, 'd'),
      .attachments = {}};
  EXPECT_EQ(FormatChatMessage(message, "| "), "| " + std::string(60, 'a') + "\n| " +
                                                  std::string(60, 'b') + " c\n| " +
                                                  std::string(120, 'd') + "\n");
}

}  // namespace
}  // namespace hakem::demo
