// Unusable files: a directory in place of a missing mount source, a half-written file, a pipe, a
// device.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/programs/hakem_process.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// anna's password is canary-secret.
constexpr std::string_view kUsers =
    "basic_auth_users: {anna: \"$2b$04$abcdefghijklmnopqrstuu8eMT1gtBhVcNqXW136wdnmHwzCZvF5e\"}\n";
constexpr std::string_view kAnna = "Authorization: Basic YW5uYTpjYW5hcnktc2VjcmV0\r\n";

class Files : public testing::Test {
 protected:
  Files() {
    std::filesystem::create_directory(folder_ / "directory");
    Write("rules.yml", "groups: [{name: g, rules: [{alert: A, expr: vector(1)}]}]\n");
    Write("pe.yml", "auth_modules: {}\n");
    Write("web.yml", kUsers);
    Write("hakem.yml",
          "targets: [{name: a, dsn: \"host=127.0.0.1 port=1\"}]\n"
          "collect: {lanes: {fast: 1s, slow: 1s}}\n"
          "rules: {files: [rules.yml]}\nprobe: {modules_file: pe.yml}\n"
          "web: {config_file: web.yml}\n");
  }

  void Write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  const ScratchFolder folder_;
};

TEST_F(Files, ThatCannotBeReadEndTheStartWithPathAndCause) {
  const std::string directory = folder_ / "directory";
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::string empty = folder_ / "empty";
  Write("empty", "");
  const std::pair<std::string, std::string> kinds[] = {
      {directory, "Is a directory"},
      {pipe, "nothing was written to this pipe"},
      {"/dev/zero", "it is a device, not a file"},
      {empty, "it is empty"},
      {folder_ / "none", "No such file or directory"}};
  for (const auto& [path, cause] : kinds) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"collect", "--config", path},
          {"serve", "--config.file", path},
          {"serve", "--web.config.file", path}}) {
      const ProgramRun run = RunHakem(arguments);
      EXPECT_EQ(run.status, 2) << arguments[1];
      EXPECT_THAT(run.errors, AllOf(HasSubstr(path), HasSubstr(cause))) << arguments[1];
    }
    for (const char* variable : {"DATA_SOURCE_NAME_FILE", "DATA_SOURCE_PASS_FILE",
                                 "DB_PASSWORD_FILE", "ALERT_WEBHOOK_FILE", "SMTP_PASSWORD_FILE"}) {
      const ProgramRun run =
          RunHakem({"serve", "--web.listen-address", "127.0.0.1:0"},
                   {{variable, path}, {"ALERT_EMAIL", "a@x.ir"}, {"SMTP_HOST", "127.0.0.1"}});
      EXPECT_EQ(run.status, 2) << variable;
      EXPECT_THAT(run.errors, AllOf(StartsWith(fmt::format("hakem: {}: ", variable)),
                                    HasSubstr(path), EndsWith(cause + "\n")));
    }
  }
  const ProgramRun data = RunHakem({"query", "--data", directory, "up"});
  EXPECT_EQ(data.status, 2);
  EXPECT_THAT(data.errors, EndsWith("directory: Is a directory\n"));
}

TEST_F(Files, ThatCannotBeReadAtAReloadLeaveTheOldOnesInForce) {
  const auto started =
      ServingHakem::StartGuarded({}, {"--config", folder_ / "hakem.yml", "--log-level", "info"});
  ASSERT_TRUE(started) << started.error().message;
  ServingHakem& hakem = **started;
  const auto logs = [&](std::string_view text) {
    return Eventually(seconds(20), [&] { return hakem.Log().find(text) != std::string::npos; });
  };
  const auto becomes = [&](std::string_view metric) {
    return Eventually(seconds(20), [&] {
      const auto reply = HttpGet(hakem.port(), "/metrics", kAnna);
      return reply && reply->body.find(fmt::format("\n{}\n", metric)) != std::string::npos;
    });
  };
  const auto status = [&](std::string_view headers) {
    const auto reply = HttpGet(hakem.port(), "/api/v1/rules", headers);
    return reply ? reply->status : 0;
  };
  EXPECT_EQ(status(""), 401);
  EXPECT_EQ(status(kAnna), 200);
  for (const std::string name : {"rules.yml", "pe.yml", "hakem.yml"}) {
    const std::string kept = folder_ / "kept";
    const std::string path = folder_ / name;
    std::filesystem::rename(path, kept);
    std::filesystem::create_directory(path);
    hakem.Signal(SIGHUP);
    EXPECT_TRUE(logs(name + ": Is a directory")) << hakem.Log();
    std::filesystem::remove(path);
    Write(name, "");
    hakem.Signal(SIGHUP);
    EXPECT_TRUE(logs(name + ": it is empty")) << hakem.Log();
    std::filesystem::rename(kept, path);
  }
  EXPECT_TRUE(becomes("hakem_config_last_reload_successful 0"));
  EXPECT_THAT(HttpGet(hakem.port(), "/api/v1/rules", kAnna)->body, HasSubstr("vector(1)"));
  hakem.Signal(SIGHUP);
  EXPECT_TRUE(becomes("hakem_config_last_reload_successful 1"));
  // web.yml is checked when a request arrives.
  const auto is_refused = [&](std::string_view cause) {
    return Eventually(seconds(20), [&] {
      return status("") == 401 && hakem.Log().find(cause) != std::string::npos;
    });
  };
  const std::string web = folder_ / "web.yml";
  std::filesystem::remove(web);
  std::filesystem::create_directory(web);
  EXPECT_TRUE(is_refused("web.yml: Is a directory")) << hakem.Log();
  EXPECT_EQ(status(""), 401);
  std::filesystem::remove(web);
  Write("web.yml", "");
  EXPECT_TRUE(is_refused("web.yml: it is empty")) << hakem.Log();
  EXPECT_EQ(status(""), 401);
  EXPECT_EQ(status(kAnna), 200);
  EXPECT_TRUE(becomes("hakem_web_config_last_reload_successful 0"));
}

}  // namespace
}  // namespace hakem
