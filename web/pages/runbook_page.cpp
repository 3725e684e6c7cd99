#include "web/pages/runbook_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "format/html.h"
#include "web/pages/page_frame.h"

namespace hakem::web {
namespace {

std::string RenderInline(std::string_view text);

std::string AnchorOf(std::string_view heading) {
  std::string anchor(heading);
  std::transform(anchor.begin(), anchor.end(), anchor.begin(), [](unsigned char c) {
    return c == ' ' ? '-' : static_cast<char>(std::tolower(c));
  });
  return anchor;
}

bool IsFollowed(std::string_view address) {
  return address.starts_with('#') || address.starts_with("https://") ||
         address.starts_with("http://");
}

/// If `text` begins with `open`, removes everything up to `close` and returns what is between them.
/// Returns nothing and removes nothing otherwise.
std::optional<std::string_view> TakeBetween(std::string_view& text, std::string_view open,
                                            std::string_view close) {
  if (!text.starts_with(open)) {
    return std::nullopt;
  }
  const std::size_t end = text.find(close, open.size());
  if (end == text.npos) {
    return std::nullopt;
  }
  const std::string_view inner = text.substr(open.size(), end - open.size());
  text.remove_prefix(end + close.size());
  return inner;
}

/// Removes a link from the front of the text and returns it as HTML; nothing if there is none.
std::optional<std::string> TakeLink(std::string_view& text) {
  std::string_view rest = text;
  const auto label = TakeBetween(rest, "[", "]");
  if (!label) {
    return std::nullopt;
  }
  const auto address = TakeBetween(rest, "(", ")");
  if (!address) {
    return std::nullopt;
  }
  text = rest;
  return IsFollowed(*address)
             ? fmt::format("<a href=\"{}\">{}</a>", EscapeHtml(*address), RenderInline(*label))
             : RenderInline(*label);
}

/// Removes the form that begins the text, or one character, and returns it as HTML.
std::string TakeForm(std::string_view& text) {
  if (const auto code = TakeBetween(text, "`", "`")) {
    return fmt::format("<code>{}</code>", EscapeHtml(*code));
  }
  if (const auto bold = TakeBetween(text, "**", "**")) {
    return fmt::format("<strong>{}</strong>", RenderInline(*bold));
  }
  if (auto link = TakeLink(text)) {
    return *std::move(link);
  }
  const std::string_view one = text.substr(0, 1);
  text.remove_prefix(1);
  return EscapeHtml(one);
}

std::string RenderInline(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of("`*["), text.size());
    html += EscapeHtml(text.substr(0, plain));
    text.remove_prefix(plain);
    if (!text.empty()) {
      html += TakeForm(text);
    }
  }
  return html;
}

/// Renders a document line by line.
class Renderer {
 public:
  void AddLine(std::string_view line) {
    if (line.starts_with("## ")) {
      BeginSection(line.substr(3));
    } else if (line.starts_with("# ")) {
      EndBlock();
      html_ += fmt::format("<h2>{}</h2>\n", RenderInline(line.substr(2)));
    } else if (line.starts_with("- ")) {
      EndText();
      Begin(Block::kList, "<ul>\n");
      text_ = line.substr(2);
    } else if (line.starts_with('|')) {
      EndText();
      AddRow(line);
    } else if (line.empty()) {
      EndBlock();
    } else {
      AddText(line);
    }
  }

  std::string Take() {
    EndBlock();
    if (in_section_) {
      html_ += "</div>\n";
    }
    return std::move(html_);
  }

 private:
  enum class Block { kText, kList, kTable };

  void Begin(Block block, std::string_view tag) {
    if (block_ != block) {
      EndBlock();
      block_ = block;
      html_ += tag;
    }
  }

  void BeginSection(std::string_view heading) {
    EndBlock();
    html_ += fmt::format(
        "{}<div class=\"card row\" id=\"{}\"><div class=\"head\"><strong>{}</strong></div>\n",
        in_section_ ? "</div>\n" : "", EscapeHtml(AnchorOf(heading)), RenderInline(heading));
    in_section_ = true;
  }

  /// Adds a line to the paragraph or the item of a list that it continues.
  void AddText(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (!text_.empty()) {
      text_ += ' ';
    }
    text_ += line;
  }

  void AddRow(std::string_view line) {
    if (line.starts_with("|---")) {
      return;
    }
    const bool is_head = block_ != Block::kTable;
    Begin(Block::kTable, "<div class=\"wide\"><table>\n");
    html_ += "<tr>";
    line.remove_prefix(1);
    for (std::size_t end = 0; (end = line.find('|')) != line.npos; line.remove_prefix(end + 1)) {
      html_ +=
          fmt::format("<{0}>{1}</{0}>", is_head ? "th" : "td", RenderInline(line.substr(0, end)));
    }
    html_ += "</tr>\n";
  }

  void EndText() {
    if (!text_.empty()) {
      html_ += fmt::format("<{0}>{1}</{0}>\n", block_ == Block::kList ? "li" : "p",
                           RenderInline(std::exchange(text_, "")));
    }
  }

  void EndBlock() {
    EndText();
    html_ += block_ == Block::kList ? "</ul>\n" : block_ == Block::kTable ? "</table></div>\n" : "";
    block_ = Block::kText;
  }

  std::string html_;
  std::string text_;  ///< The paragraph or item so far.
  Block block_ = Block::kText;
  bool in_section_ = false;
};

}  // namespace

std::string RenderRunbookPage(std::string_view markdown, const RunbookFacts& facts) {
  Renderer renderer;
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    renderer.AddLine(markdown.substr(0, end));
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
  }
  return PageTop({.title = "Runbook – Hakem", .version = facts.version, .base = facts.base}) +
         renderer.Take() +
         PageEnd("The alerts that Hakem ships. Rules of your own have runbooks of their own.");
}

}  // namespace hakem::web
