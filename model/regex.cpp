#include "model/regex.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <charconv>
#include <utility>
#include <vector>

#include "model/interruption.h"
#include "model/memory_account.h"

namespace hakem {

struct Regex::Program {
  re2::RE2 re2;
};

namespace {

bool IsWordCharacter(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Removes and returns a group's name behind a dollar sign. Returns "" and removes nothing when
/// there is none.
std::string_view TakeGroupName(std::string_view& rest) {
  const bool braces = rest.starts_with('{');
  const std::string_view word = rest.substr(braces ? 1 : 0);
  std::size_t length = 0;
  while (length < word.size() && IsWordCharacter(word[length])) {
    ++length;
  }
  if (length == 0 || (braces && !word.substr(length).starts_with('}'))) {
    return {};
  }
  rest = word.substr(length + (braces ? 1 : 0));
  return word.substr(0, length);
}

/// Returns the number of the group; -1 when there is no group of that name.
int GroupNumber(const re2::RE2& re2, std::string_view name) {
  int number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc{} && end == name.data() + name.size()) {
    return number;
  }
  const auto& names = re2.NamedCapturingGroups();
  const auto found = names.find(std::string(name));
  return found == names.end() ? -1 : found->second;
}

/// Returns the error message of Go's regexp package, which Prometheus and Alertmanager show.
std::string_view Describe(re2::RE2::ErrorCode code) {
  switch (code) {
    case re2::RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case re2::RE2::ErrorBadCharClass:
      return "invalid character class";
    case re2::RE2::ErrorBadCharRange:
      return "invalid character class range";
    case re2::RE2::ErrorMissingBracket:
      return "missing closing ]";
    case re2::RE2::ErrorMissingParen:
      return "missing closing )";
    case re2::RE2::ErrorUnexpectedParen:
      return "unexpected )";
    case re2::RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case re2::RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case re2::RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case re2::RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case re2::RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case re2::RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case re2::RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    default:
      return "internal error";
  }
}

}  // namespace

Regex::Regex(std::string pattern, std::shared_ptr<const Program> program)
    : pattern_(std::move(pattern)), program_(std::move(program)) {}

Result<Regex> Regex::Compile(std::string_view pattern) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_dot_nl(true);
  const MemoryAccount::NeverRefused bounded_by_re2;
  auto program = std::shared_ptr<const Program>(
      new Program{re2::RE2(re2::StringPiece(pattern.data(), pattern.size()), options)});
  if (!program->re2.ok()) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("error parsing regexp: {}: `{}`", Describe(program->re2.error_code()),
                            program->re2.error_arg()));
  }
  return Regex(std::string(pattern), std::move(program));
}

bool Regex::Matches(std::string_view text) const {
  const MemoryAccount::NeverRefused bounded_by_re2;
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), program_->re2);
}

std::optional<std::string> Regex::Expand(std::string_view text,
                                         std::string_view replacement) const {
  CheckInterrupted();
  const re2::RE2& re2 = program_->re2;
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(re2.NumberOfCapturingGroups()) + 1);
  const re2::StringPiece input(text.data(), text.size());
  {
    const MemoryAccount::NeverRefused bounded_by_re2;
    if (!re2.Match(input, 0, text.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                   static_cast<int>(groups.size()))) {
      return std::nullopt;
    }
  }
  std::string expanded;
  std::string_view rest = replacement;
  for (;;) {
    const std::size_t dollar = rest.find('$');
    expanded.append(rest.substr(0, dollar));
    if (dollar == rest.npos) {
      break;
    }
    rest.remove_prefix(dollar + 1);
    const std::string_view name = TakeGroupName(rest);
    if (name.empty()) {
      expanded += '$';  // "$$", or a dollar sign without a name.
      rest.remove_prefix(rest.starts_with('$') ? 1 : 0);
      continue;
    }
    const auto number = static_cast<std::size_t>(GroupNumber(re2, name));
    if (number < groups.size()) {  // -1 is not.
      expanded.append(groups[number].data() == nullptr ? "" : groups[number].data(),
                      groups[number].size());
    }
  }
  return expanded;
}

}  // namespace hakem
