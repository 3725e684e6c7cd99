#include "model/regex.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <utility>

namespace hakem {

struct Regex::Program {
  re2::RE2 re2;
};

Regex::Regex(std::string pattern, std::shared_ptr<const Program> program)
    : pattern_(std::move(pattern)), program_(std::move(program)) {}

Result<Regex> Regex::Compile(std::string_view pattern) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_dot_nl(true);
  auto program = std::shared_ptr<const Program>(
      new Program{re2::RE2(re2::StringPiece(pattern.data(), pattern.size()), options)});
  if (!program->re2.ok()) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("regular expression \"{}\": {}", pattern, program->re2.error()));
  }
  return Regex(std::string(pattern), std::move(program));
}

bool Regex::Matches(std::string_view text) const {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), program_->re2);
}

}  // namespace hakem
