// Comments, identifiers and test names are plain English: a few forms that readers stumbled over
// may not come back, and docs/glossary.md gives each term one meaning.

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/paths.h"

namespace hakem {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kProductFolders{
    "format",     "model", "yaml",         "process", "tsdb",      "gotemplate", "promql",
    "collectors", "rules", "alertmanager", "state",   "simulator", "web",        "ruletools",
    "config",     "dba",   "exporter",     "demo",    "cli"};

/// Notifies people, or shows how people are notified: "told" has its own meaning there.
const std::vector<std::string> kNotifyingFolders{"alertmanager/", "demo/", "tests/alertmanager/",
                                                 "tests/demo/"};

enum class Where { kComments, kCode, kBoth };

/// A form that comments or code may not have.
struct BannedForm {
  std::string name;
  std::regex pattern;
  Where where = Where::kBoth;
  std::vector<std::string> only_in = {};  ///< Beginnings of paths; empty means everywhere.
  std::vector<std::string> not_in = {};   ///< Beginnings of paths that are exempt.
  std::string advice;
};

const std::vector<BannedForm>& BannedForms() {
  static const std::vector<BannedForm> forms{
      {.name = "tell in a comment",
       .pattern =
           std::regex(R"(\b[Tt](?:ells?|old|elling)\b(?! (?:people|somebody|someone|readers)))"),
       .where = Where::kComments,
       .not_in = kNotifyingFolders,
       .advice = "programs report, emit, log, return, count or publish; people are told"},
      {.name = "tell in a name",
       .pattern = std::regex(R"((?:^|[^A-Za-z]|[a-z])(?:Tells?|Told|Telling)(?![a-z]))"
                             R"(|(?:^|[^A-Za-z])(?:tells?|told)(?![A-Za-z]|_someone))"),
       .where = Where::kCode,
       .not_in = kNotifyingFolders,
       .advice = "programs report, emit, log, return, count or publish; people are told"},
      {.name = "a fragment that begins with Of",
       .pattern = std::regex("^Of "),
       .where = Where::kComments,
       .advice = "name the thing first: 'The newest sample's time.'"},
      {.name = "The same.",
       .pattern = std::regex(R"((?:^|[.,;:] )[Tt]he same\.)"),
       .where = Where::kComments,
       .advice = "say it again, or name the member that documents it"},
      {.name = "As X has it.",
       .pattern = std::regex(R"(^As [A-Z]\w*(?:::\w+)? (?:has|have) (?:it|them)\.)"),
       .where = Where::kComments,
       .advice = "write 'See X::member.'"},
      {.name = "a retired name",
       .pattern = std::regex(
           R"(\b(?:Settlement|GiveUpSettlement|GameSettlement|SettleLateRows|GameWatch|GameKeeper)"
           R"(|GameOffer|BoundSql|FixedBoundSql|BoundArguments|PaceWithin|PortOptions|PortDeps)"
           R"(|MakeInputs|WhyPlannedOut|PlanRoom|RoomPlan|FullTables|TuneHeap|GiveBackFreeMemory)"
           R"(|kGiveBackInterval|ParseWeightedList|AbandonParsing|AbandonForSamples|text_template)"
           R"(|prometheus_api)\b)"),
       .advice = "docs/glossary.md has the name of today"},
      {.name = "a retired name",
       .pattern = std::regex(R"(\b(?:Abandon|Abandoned|Attempt|Reach|Length)\b)"),
       .where = Where::kCode,
       .only_in = {"promql/", "tests/promql/"},
       .advice = "ThrowQueryError, QueryError, CatchQueryError, RangeModifier, DurationOrExpr"},
      {.name = "a retired name",
       .pattern = std::regex(R"(\b(?:Finding|Findings)\b)"),
       .where = Where::kCode,
       .only_in = {"rules/", "tests/rules/"},
       .advice = "AlertSample, AlertSamples"},
  };
  return forms;
}

/// A line of a source file without its string and character literals.
struct Line {
  std::string code;
  std::string comment;  ///< What follows the slashes and blanks.
};

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// The position behind the raw string R"delimiter(…)delimiter" that begins at `begin`.
std::size_t EndOfRawString(std::string_view text, std::size_t begin) {
  const std::size_t open = text.find('(', begin);
  if (open == text.npos) {
    return text.size();
  }
  const std::string close = ")" + std::string(text.substr(begin + 2, open - begin - 2)) + "\"";
  const std::size_t end = text.find(close, open);
  return end == text.npos ? text.size() : end + close.size();
}

/// The position behind the quoted text that begins at `begin`, at most the end of its line.
std::size_t EndOfQuoted(std::string_view text, std::size_t begin) {
  std::size_t at = begin + 1;
  while (at < text.size() && text[at] != text[begin] && text[at] != '\n') {
    at += text[at] == '\\' ? 2U : 1U;
  }
  return std::min(text.size(), at + 1);
}

/// The position behind the literal that begins at `begin`; `begin` itself if none does. A quote
/// after a digit separates digits.
std::size_t EndOfLiteral(std::string_view text, std::size_t begin) {
  const bool in_name = begin > 0 && IsNameCharacter(text[begin - 1]);
  if (!in_name && text.substr(begin, 2) == "R\"") {
    return EndOfRawString(text, begin);
  }
  if (text[begin] == '"' || (text[begin] == '\'' && !in_name)) {
    return EndOfQuoted(text, begin);
  }
  return begin;
}

/// The text of a comment that begins with slashes.
std::string CommentText(std::string_view comment) {
  const std::size_t begin = comment.find_first_not_of("/<! ");
  return std::string(begin == comment.npos ? "" : comment.substr(begin));
}

std::vector<Line> SplitLines(std::string_view text) {
  std::vector<Line> lines(1);
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t end = EndOfLiteral(text, at); end != at) {
      lines.back().code += "\"\"";
      lines.resize(lines.size() + static_cast<std::size_t>(std::count(
                                      text.begin() + static_cast<std::ptrdiff_t>(at),
                                      text.begin() + static_cast<std::ptrdiff_t>(end), '\n')));
      at = end;
    } else if (text.substr(at, 2) == "//") {
      const std::size_t line_end = std::min(text.find('\n', at), text.size());
      lines.back().comment = CommentText(text.substr(at, line_end - at));
      at = line_end;
    } else if (text[at] == '\n') {
      lines.emplace_back();
      ++at;
    } else {
      lines.back().code += text[at++];
    }
  }
  return lines;
}

bool BeginsWithOneOf(std::string_view path, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const std::string& each) { return path.starts_with(each); });
}

bool Concerns(const BannedForm& form, std::string_view path) {
  return (form.only_in.empty() || BeginsWithOneOf(path, form.only_in)) &&
         !BeginsWithOneOf(path, form.not_in);
}

bool IsIn(const BannedForm& form, const Line& line) {
  return (form.where != Where::kCode && std::regex_search(line.comment, form.pattern)) ||
         (form.where != Where::kComments && std::regex_search(line.code, form.pattern));
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Every banned form of one file, as "path:line: name: the line; advice".
std::vector<std::string> Hits(const std::string& path, std::string_view text) {
  std::vector<std::string> hits;
  const std::vector<Line> lines = SplitLines(text);
  for (const BannedForm& form : BannedForms()) {
    for (std::size_t i = 0; Concerns(form, path) && i < lines.size(); ++i) {
      if (IsIn(form, lines[i])) {
        hits.push_back(path + ":" + std::to_string(i + 1) + ": " + form.name + ": " +
                       (lines[i].comment.empty() ? lines[i].code : lines[i].comment) + "; " +
                       form.advice);
      }
    }
  }
  return hits;
}

/// Expects no banned form in the sources of a folder. Returns how many files were read.
std::size_t CheckFolder(const std::string& folder) {
  const fs::path root = SourcePath("");
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    const std::string path = fs::relative(entry.path(), root);
    const std::string extension = entry.path().extension();
    if ((extension != ".h" && extension != ".cpp") || path.ends_with("/words_test.cpp")) {
      continue;
    }
    ++files;
    for (const std::string& hit : Hits(path, ReadText(entry.path()))) {
      ADD_FAILURE() << hit;
    }
  }
  return files;
}

TEST(Words, InTheProductArePlain) {
  std::size_t files = 0;
  for (const std::string& folder : kProductFolders) {
    files += CheckFolder(folder);
  }
  EXPECT_GT(files, 500U) << "the sources were not found";
}

TEST(Words, InTheTestsArePlain) {
  EXPECT_GT(CheckFolder("tests"), 200U) << "the tests were not found";
}

TEST(BannedForms, AreFoundInCommentsAndNamesWithTheirLine) {
  const std::vector<std::string> found = Hits("web/example.cpp",
                                              "int x;\n"
                                              "/// Of the newest sample.\n"
                                              "int told_ = 0;  ///< As PageHead has it.\n"
                                              "void Tell(int y);  // The same.\n"
                                              "/// Tells whether it is so.\n"
                                              "class GameKeeper;\n");
  std::set<std::string> places;
  for (const std::string& hit : found) {
    places.insert(hit.substr(0, hit.find(": ", hit.find(": ") + 2)));
  }
  EXPECT_THAT(places,
              testing::ElementsAre(
                  "web/example.cpp:2: a fragment that begins with Of",
                  "web/example.cpp:3: As X has it.", "web/example.cpp:3: tell in a name",
                  "web/example.cpp:4: The same.", "web/example.cpp:4: tell in a name",
                  "web/example.cpp:5: tell in a comment", "web/example.cpp:6: a retired name"));
}

TEST(BannedForms, AreNotLookedForInLiterals) {
  EXPECT_THAT(Hits("web/example.cpp",
                   "const char* a = \"told // Of it\";\n"
                   "const char* b = R\"sql(SELECT told\n-- The same.\n)sql\";\n"
                   "constexpr int kMany = 1'000;  // As long as it takes, all the same.\n"),
              testing::IsEmpty());
}

TEST(BannedForms, LeaveTheWordsOfNotificationsAlone) {
  EXPECT_THAT(Hits("alertmanager/example.h", "/// Whether the receiver was told.\nbool told_;\n"),
              testing::IsEmpty());
  EXPECT_THAT(Hits("rules/example.h", "/// A change that must be told.\n"), testing::SizeIs(1));
  EXPECT_THAT(Hits("rules/example.h", "/// Starts a message that tells people of an alert.\n"),
              testing::IsEmpty());
}

using GlossaryRow = std::array<std::string, 3>;

std::string Trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == text.npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// The cells of the glossary's table, without its head. A row that has not three cells fails.
std::vector<GlossaryRow> GlossaryRows() {
  std::vector<GlossaryRow> rows;
  std::ifstream file(SourcePath("docs/glossary.md"));
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("|")) {
      continue;
    }
    EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 4) << line;
    GlossaryRow row;
    std::size_t begin = 1;
    for (std::string& cell : row) {
      const std::size_t end = std::min(line.find('|', begin), line.size());
      cell = Trimmed(line.substr(begin, end - begin));
      begin = std::min(end + 1, line.size());
    }
    rows.push_back(row);
  }
  rows.erase(rows.begin(), rows.begin() + std::min<std::ptrdiff_t>(2, std::ssize(rows)));
  return rows;
}

TEST(Glossary, HasAtMostSixtyRowsWithoutEmptyCells) {
  const std::vector<GlossaryRow> rows = GlossaryRows();
  EXPECT_GE(rows.size(), 30U);
  EXPECT_LE(rows.size(), 60U);
  for (const GlossaryRow& row : rows) {
    EXPECT_THAT(row, testing::Each(testing::Not(testing::IsEmpty()))) << row[0];
  }
}

TEST(Glossary, HasNoTermTwice) {
  std::set<std::string> terms;
  for (const GlossaryRow& row : GlossaryRows()) {
    EXPECT_TRUE(terms.insert(row[0]).second) << row[0];
  }
}

}  // namespace
}  // namespace hakem
