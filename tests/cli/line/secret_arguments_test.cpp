#include "cli/line/secret_arguments.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace hakem::cli {
namespace {

using testing::ElementsAre;

std::vector<std::string> Hidden(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  HideSecretArguments(pointers);
  return arguments;
}

TEST(SecretArguments, AreOverwrittenInBothForms) {
  EXPECT_THAT(Hidden({"hakem", "simulate", "--dsn", "host=a password=b", "--seed", "1"}),
              ElementsAre("hakem", "simulate", "--dsn", "*****************", "--seed", "1"));
  EXPECT_THAT(Hidden({"hakem", "setup", "--admin=user=a"}),
              ElementsAre("hakem", "setup", "--admin=******"));
  EXPECT_THAT(Hidden({"hakem", "query", "up", "--server", "http://a:b@c"}),
              ElementsAre("hakem", "query", "up", "--server", "************"));
}

TEST(SecretArguments, AreOverwrittenWhateverTheyLookLike) {
  EXPECT_THAT(Hidden({"--dsn", "--dsn", "--dsn=", "--dsn", ""}),
              ElementsAre("--dsn", "*****", "--dsn=", "--dsn", ""));
}

TEST(SecretArguments, LeaveOtherArgumentsAlone) {
  EXPECT_THAT(Hidden({"hakem", "query", "--dsn2", "x", "a--dsn=b", "--dsn"}),
              ElementsAre("hakem", "query", "--dsn2", "x", "a--dsn=b", "--dsn"));
}

}  // namespace
}  // namespace hakem::cli
