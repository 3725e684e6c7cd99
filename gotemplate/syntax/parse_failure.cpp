#include "gotemplate/syntax/parse_failure.h"

#include <fmt/format.h>

#include <utility>

namespace hakem::gotemplate {

void ThrowParseFailure(std::size_t position, std::string message) {
  throw ParseFailure{{position, std::move(message)}};
}

void ThrowUnexpected(const Token& token, std::string_view context) {
  ThrowParseFailure(token.position,
                    token.kind == TokenKind::kError
                        ? token.message
                        : fmt::format("unexpected {} in {}", Describe(token), context));
}

}  // namespace hakem::gotemplate
