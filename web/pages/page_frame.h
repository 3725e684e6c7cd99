#pragma once

#include <string>
#include <string_view>

#include "model/time.h"

namespace hakem::web {

/// What stands at the top of a page.
struct PageHead {
  std::string title;    ///< Of the page; "Hakem" for the first one.
  std::string version;  ///< Hakem's own.
  /// The path below which the pages are reached from outside, "" or like "/x": it begins each link.
  std::string base = "";
  int reload_seconds = 0;  ///< After so long the browser loads the page again; 0: never.
};

/// Everything from the doctype to the end of the header, with links to the other pages. Needs no
/// script; loads `/style.css`.
std::string PageTop(const PageHead& head);

/// What ends the page. `footer`: HTML.
std::string PageEnd(std::string_view footer);

enum class Tone { kGood, kWarn, kBad, kPlain };

/// A short word on a coloured ground.
std::string Pill(Tone tone, std::string_view text);

/// `for 3h12m`, with the instant as what a pointer over it shows.
std::string Since(Timestamp since, Timestamp now);

/// A link to the page of an expression.
std::string ExpressionLink(std::string_view base, std::string_view expression);

/// The sheet of `/style.css`: light and dark as the reader's system has it, and narrow screens.
extern const std::string_view kStyleSheet;

}  // namespace hakem::web
