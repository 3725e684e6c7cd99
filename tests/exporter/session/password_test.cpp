#include "exporter/session/password.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/matchers.h"

namespace hakem::exporter {
namespace {

using testing::HasSubstr;

std::string Revealed(const PasswordSource& source) {
  const auto password = ReadPassword(source);
  return password ? password->Reveal() : "error: " + password.error().message;
}

TEST(Password, IsTheFirstLineThatACommandPrints) {
  EXPECT_EQ(Revealed({.command = R"(printf 'p w"d\r\nmore\n')"}), R"(p w"d)");
}

TEST(Password, DoesNotAppearInTheErrorOfACommandThatFails) {
  const auto password = ReadPassword({.command = "echo canary; exit 3"});
  EXPECT_THAT(password, HasMessage("password_command ended with status 3"));
  EXPECT_THAT(ReadPassword({.command = "true"}), HasMessage("password_command printed nothing"));
}

TEST(Password, ComesFromACommandThatTheProcessListDoesNotShow) {
  EXPECT_EQ(Revealed({.command = "tr '\\0' ' ' </proc/$$/cmdline | grep -c canary; :"}), "0");
  EXPECT_EQ(Revealed({.command = "echo \"a${HAKEM_PASSWORD_COMMAND-b}\""}), "ab");
  EXPECT_EQ(Revealed({.command = "env | grep -c '^HAKEM_PASSWORD_COMMAND='"}),
            "error: password_command ended with status 1");
}

TEST(Password, ComesFromACommandOfSeveralLines) {
  EXPECT_EQ(Revealed({.command = "a='x y'\nif true; then\n  echo \"$a\" # z\nfi"}), "x y");
  EXPECT_EQ(Revealed({.command = "exec printf '%s' '$HOME \\ \"`'"}), "$HOME \\ \"`");
}

TEST(Password, IsReadFromAFileEachTime) {
  const auto path =
      std::filesystem::temp_directory_path() / ("hakem-password-" + std::to_string(getpid()));
  std::ofstream(path) << "first\n";
  EXPECT_EQ(Revealed({.file = path}), "first");
  std::ofstream(path) << "second\n";
  EXPECT_EQ(Revealed({.file = path}), "second");
  std::filesystem::remove(path);
  EXPECT_THAT(ReadPassword({.file = path}), HasMessage(HasSubstr(path.string())));
}

}  // namespace
}  // namespace hakem::exporter
