#pragma once

#include <string>
#include <string_view>

#include "model/time.h"

namespace hakem::web {

/// The variable parts at the top of a page.
struct PageHead {
  std::string title;    ///< Title of the page; "Hakem" for the one at `/`.
  std::string version;  ///< Hakem's version.
  /// The prefix of links: the path below which people reach the pages, "" or like "/x".
  std::string base = "";
  int reload_seconds = 0;  ///< Until the browser reloads the page; 0: never.
};

/// The HTML from the doctype to the end of the header, with links to the other pages. Has no
/// script; loads `/style.css`.
std::string PageTop(const PageHead& head);

/// The HTML after the contents. `footer` is HTML.
std::string PageEnd(std::string_view footer);

enum class Tone { kGood, kWarn, kBad, kPlain };

/// A short text on a coloured background.
std::string Pill(Tone tone, std::string_view text);

/// `for 3h12m`, with the instant as a tooltip.
std::string Since(Timestamp since, Timestamp now);

/// A link to /graph with the expression.
std::string ExpressionLink(std::string_view base, std::string_view expression);

/// The contents of `/style.css`. Follows the light or dark mode of the reader, and fits narrow
/// screens.
extern const std::string_view kStyleSheet;

}  // namespace hakem::web
