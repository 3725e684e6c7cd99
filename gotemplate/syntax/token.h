#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hakem::gotemplate {

/// The characters that templates take for white space.
inline constexpr std::string_view kWhiteSpace = " \t\r\n";

/// What a token of a template is.
enum class TokenKind {
  kError,  ///< Invalid text; `message` says why. The last token.
  kEnd,    ///< The end of the template. The last token.
  kText,   ///< Outside of actions.
  kOpen,   ///< `{{`
  kClose,  ///< `}}`
  kSpace,  ///< White space inside of an action.
  kBool,
  kCharacter,  ///< A character constant in single quotes.
  kComplex,    ///< `1+2i`
  kNumber,
  kString,
  kRawString,
  kDeclare,  ///< `:=`
  kAssign,   ///< `=`
  kPipe,
  kLeftParenthesis,
  kRightParenthesis,
  kSign,        ///< Any other printable character of ASCII, such as a comma.
  kField,       ///< `.name`
  kIdentifier,  ///< `name`
  kVariable,    ///< `$name` or `$`
  kDot,         ///< The first of the keywords.
  kBlock,
  kBreak,
  kContinue,
  kDefine,
  kElse,
  kEndKeyword,
  kIf,
  kNil,
  kRange,
  kTemplate,
  kWith,
};

/// A token and its place in the template.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t position = 0;  ///< The offset of its first byte.
  std::string_view text;     ///< A view of the template.
  std::string message = {};  ///< Why the text is invalid; only for kError.
};

/// Describes the token for an error message, as Go does: `EOF`, `<end>`, `"text"`.
std::string Describe(const Token& token);

}  // namespace hakem::gotemplate
