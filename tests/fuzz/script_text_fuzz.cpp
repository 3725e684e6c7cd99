// No name can end a comment, a quoted identifier or a line, and the quoted identifier still means
// the name.

#include <algorithm>
#include <charconv>
#include <string>

#include "dba/plan.h"
#include "dba/script_text.h"
#include "model/check.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

void CheckHasNoControlCharacter(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    HAKEM_CHECK(byte >= 0x20 && byte != 0x7F);
  }
}

/// The name that PostgreSQL reads from the text between the quotes. Only ASCII is escaped here, so
/// that the check needs no second encoder.
std::string ReadIdentifier(std::string_view identifier) {
  const bool is_escaped = identifier.starts_with("U&");
  identifier.remove_prefix(is_escaped ? 2 : 0);
  HAKEM_CHECK(identifier.size() >= 2 && identifier.front() == '"' && identifier.back() == '"');
  identifier = identifier.substr(1, identifier.size() - 2);
  std::string name;
  for (std::size_t at = 0; at < identifier.size(); ++at) {
    if (identifier[at] == '"') {
      HAKEM_CHECK(identifier.substr(at + 1).starts_with('"'));
      ++at;
    } else if (is_escaped && identifier[at] == '\\' && identifier.substr(at + 1).starts_with('+')) {
      unsigned code = 0;
      const std::string_view digits = identifier.substr(at + 2, 6);
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
      HAKEM_CHECK(error == std::errc() && end == digits.data() + 6);
      name += static_cast<char>(code);
      at += 7;
      continue;
    } else if (is_escaped && identifier[at] == '\\') {
      HAKEM_CHECK(identifier.substr(at + 1).starts_with('\\'));
      ++at;
    }
    name += identifier[at];
  }
  return name;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string visible = hakem::dba::VisibleText(text);
  CheckHasNoControlCharacter(visible);
  HAKEM_CHECK(hakem::dba::VisibleText(visible) == visible);

  const std::string identifier = hakem::dba::ScriptIdentifier(text);
  CheckHasNoControlCharacter(identifier);
  const std::string name = ReadIdentifier(identifier);
  const bool is_ascii = std::all_of(text.begin(), text.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  HAKEM_CHECK(!is_ascii || name == text);

  const std::string script =
      hakem::dba::FormatPlan({.advice = {text}}, hakem::dba::Transactions::kNone);
  for (std::size_t line = 0; line + 1 < script.size(); line = script.find('\n', line) + 1) {
    HAKEM_CHECK(script[line] == '\n' || script.substr(line).starts_with("-- "));
  }
  return 0;
}
