#include "model/regex.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "format/utf8.h"
#include "model/interruption.h"
#include "model/memory_account.h"
#include "model/regex_search.h"

namespace hakem {

struct RegexProgram {
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

Result<std::shared_ptr<const RegexProgram>> CompileProgram(std::string_view pattern,
                                                           const re2::RE2::Options& options) {
  const MemoryAccount::NeverRefused bounded_by_re2;
  auto program = std::shared_ptr<const RegexProgram>(
      new RegexProgram{re2::RE2(re2::StringPiece(pattern.data(), pattern.size()), options)});
  if (!program->re2.ok()) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("error parsing regexp: {}: `{}`", Describe(program->re2.error_code()),
                            program->re2.error_arg()));
  }
  return program;
}

using Groups = std::vector<re2::StringPiece>;

/// Finds the first match from `begin` on; the first group is the whole match.
bool Find(const re2::RE2& re2, std::string_view text, std::size_t begin, re2::RE2::Anchor anchor,
          Groups& groups) {
  const MemoryAccount::NeverRefused bounded_by_re2;
  groups.resize(static_cast<std::size_t>(re2.NumberOfCapturingGroups()) + 1);
  return re2.Match(re2::StringPiece(text.data(), text.size()), begin, text.size(), anchor,
                   groups.data(), static_cast<int>(groups.size()));
}

/// Appends the replacement with `$1`, `${1}` and `${name}` replaced by the groups. Ends early when
/// the text is longer than `most_bytes`.
void AppendExpanded(std::string& expanded, const re2::RE2& re2, const Groups& groups,
                    std::string_view replacement, std::size_t most_bytes) {
  std::string_view rest = replacement;
  while (expanded.size() <= most_bytes) {
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
}

/// Returns the bytes of the UTF-8 character at `place`, at least 1.
std::size_t CharacterWidth(std::string_view text, std::size_t place) {
  return place < text.size() ? std::max<std::size_t>(CharacterBytes(text.substr(place)), 1) : 1;
}

}  // namespace

Regex::Regex(std::string pattern, std::shared_ptr<const RegexProgram> program)
    : pattern_(std::move(pattern)), program_(std::move(program)) {}

Result<Regex> Regex::Compile(std::string_view pattern) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_dot_nl(true);
  auto program = CompileProgram(pattern, options);
  if (!program) {
    return Fail(program.error());
  }
  return Regex(std::string(pattern), *std::move(program));
}

bool Regex::Matches(std::string_view text) const {
  const MemoryAccount::NeverRefused bounded_by_re2;
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), program_->re2);
}

std::optional<std::string> Regex::Expand(std::string_view text,
                                         std::string_view replacement) const {
  CheckInterrupted();
  Groups groups;
  if (!Find(program_->re2, text, 0, re2::RE2::ANCHOR_BOTH, groups)) {
    return std::nullopt;
  }
  std::string expanded;
  AppendExpanded(expanded, program_->re2, groups, replacement, expanded.max_size());
  return expanded;
}

RegexSearch::RegexSearch(std::shared_ptr<const RegexProgram> program)
    : program_(std::move(program)) {}

Result<RegexSearch> RegexSearch::Compile(std::string_view pattern) {
  constexpr std::int64_t kMaxProgramBytes = std::int64_t{1} << 20;
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(kMaxProgramBytes);
  auto program = CompileProgram(pattern, options);
  if (!program) {
    return Fail(program.error());
  }
  return RegexSearch(*std::move(program));
}

std::size_t RegexSearch::match_steps() const {
  return static_cast<std::size_t>(program_->re2.ProgramSize());
}

std::size_t RegexSearch::replacement_steps() const {
  constexpr std::size_t kGroupsPerStep = 8;
  const auto groups = static_cast<std::size_t>(program_->re2.NumberOfCapturingGroups());
  return match_steps() * (1 + groups / kGroupsPerStep);
}

bool RegexSearch::Matches(std::string_view text) const {
  const MemoryAccount::NeverRefused bounded_by_re2;
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), program_->re2);
}

Result<RegexSearch::Replacement> RegexSearch::ReplaceAll(std::string_view text,
                                                         std::string_view replacement,
                                                         const Limits& limits) const {
  Replacement result;
  std::string& replaced = result.text;
  Groups groups;
  std::size_t copied = 0;  // The end of the last match.
  for (std::size_t place = 0; place <= text.size();) {
    CheckInterrupted();
    const std::size_t work = text.size() - place + 1 + replacement.size();
    result.work += work;
    if (result.work > limits.work || replaced.size() > limits.bytes) {
      return Fail(ErrorCode::kInvalidInput, "the replacement takes too long or is too large");
    }
    if (limits.before_search) {
      limits.before_search(work);
    }
    if (!Find(program_->re2, text, place, re2::RE2::UNANCHORED, groups)) {
      break;
    }
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    const std::size_t end = begin + groups[0].size();
    replaced += text.substr(copied, begin - copied);
    if (end > copied || begin == 0) {  // No empty match right after another match.
      AppendExpanded(replaced, program_->re2, groups, replacement, limits.bytes);
    }
    copied = end;
    place = std::max(end, place + (end > place ? 0 : CharacterWidth(text, place)));
  }
  replaced += text.substr(copied);
  if (replaced.size() > limits.bytes) {
    return Fail(ErrorCode::kInvalidInput, "the replacement takes too long or is too large");
  }
  return result;
}

}  // namespace hakem
