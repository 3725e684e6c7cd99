#pragma once

#include <string>
#include <string_view>

namespace hakem::web {

/// The text of docs/runbook.md.
extern const std::string_view kRunbook;

/// The variable parts of the page `/runbook`.
struct RunbookFacts {
  std::string version;    ///< Hakem's version.
  std::string base = "";  ///< The prefix of links, as PageHead::base.
};

/// Renders a runbook as a page. The anchor of each section is its heading in lower case.
///
/// `markdown`: headings `#` and `##`, paragraphs, lists by `- `, tables, and in them code in
/// backticks, `**bold**` and links. A link that leads neither to a section of the page nor to a web
/// address shows its text only, because the page has no other files.
std::string RenderRunbookPage(std::string_view markdown, const RunbookFacts& facts);

}  // namespace hakem::web
