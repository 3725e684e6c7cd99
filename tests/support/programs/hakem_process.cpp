#include "tests/support/programs/hakem_process.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "model/clock.h"
#include "process/private_postgres.h"
#include "tests/support/paths.h"

namespace hakem {
namespace {

std::string TemporaryFile(std::string_view name) {
  static int number = 0;
  return fmt::format("{}/hakem-test-{}-{}-{}", std::filesystem::temp_directory_path().string(),
                     getpid(), ++number, name);
}

std::string TakeFile(const std::string& path) {
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::filesystem::remove(path);
  return text;
}

/// Creates a state folder for another process; all are removed when the test program ends.
std::string StateFolder() {
  struct Root {
    std::string path = TemporaryFile("state");

    ~Root() { std::filesystem::remove_all(path); }
  };

  static const Root root;
  static int number = 0;
  return fmt::format("{}/{}", root.path, ++number);
}

Result<process::ChildProcess> StartHakem(const std::vector<std::string>& arguments,
                                         std::map<std::string, std::string> environment,
                                         process::Output output, process::Output errors) {
  std::vector<std::string> argv{HakemProgram()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  environment.try_emplace("STATE_DIRECTORY", StateFolder());
  return process::ChildProcess::Start({.argv = std::move(argv),
                                       .environment = std::move(environment),
                                       .standard_output = std::move(output),
                                       .standard_error = std::move(errors)});
}

}  // namespace

bool Eventually(Duration limit, const std::function<bool()>& condition) {
  const Clock& clock = SystemClock();
  const SteadyTime deadline = clock.SteadyNow() + limit;
  while (clock.SteadyNow() < deadline) {
    if (condition()) {
      return true;
    }
    clock.SleepUntil(clock.SteadyNow() + Duration(50), {});
  }
  return condition();
}

ProgramRun RunHakem(const std::vector<std::string>& arguments,
                    const std::map<std::string, std::string>& environment) {
  const std::string output = TemporaryFile("output");
  const std::string errors = TemporaryFile("errors");
  auto process = StartHakem(arguments, environment, process::Output::ToFile(output),
                            process::Output::ToFile(errors));
  ProgramRun run;
  if (process) {
    run.status = process->WaitFor(std::chrono::seconds(60)).value_or(-1);
  } else {
    run.errors = process.error().message;
  }
  run.output = TakeFile(output);
  run.errors += TakeFile(errors);
  return run;
}

Result<std::unique_ptr<ServingHakem>> ServingHakem::Start(
    const std::map<std::string, std::string>& environment,
    const std::vector<std::string>& arguments) {
  return StartUntil([](const auto& reply) { return reply && reply->status == 200; }, environment,
                    arguments);
}

Result<std::unique_ptr<ServingHakem>> ServingHakem::StartGuarded(
    const std::map<std::string, std::string>& environment,
    const std::vector<std::string>& arguments) {
  return StartUntil([](const auto& reply) { return reply.has_value(); }, environment, arguments);
}

Result<std::unique_ptr<ServingHakem>> ServingHakem::StartUntil(
    const std::function<bool(const Result<HttpReply>&)>& is_ready,
    const std::map<std::string, std::string>& environment,
    const std::vector<std::string>& arguments) {
  const auto port = static_cast<std::uint16_t>(process::FreePort());
  const std::string log_path = TemporaryFile("log");
  std::vector<std::string> all{"serve", "--web.listen-address", fmt::format("127.0.0.1:{}", port)};
  all.insert(all.end(), arguments.begin(), arguments.end());
  auto process = StartHakem(all, environment, process::Output::ToFile(log_path),
                            process::Output::ToFile(log_path));
  if (!process) {
    return Fail(process.error());
  }
  auto hakem = std::unique_ptr<ServingHakem>(new ServingHakem(port, log_path, *std::move(process)));
  const bool ready =
      Eventually(std::chrono::seconds(20), [&] { return is_ready(HttpGet(port, "/-/ready")); });
  if (!ready) {
    return Fail(ErrorCode::kTimeout, "hakem serve did not become ready:\n" + hakem->Log());
  }
  return hakem;
}

ServingHakem::ServingHakem(std::uint16_t port, std::string log_path, process::ChildProcess process)
    : port_(port), log_path_(std::move(log_path)), process_(std::move(process)) {}

ServingHakem::~ServingHakem() {
  process_.Signal(SIGKILL);
  process_.Wait();
  std::filesystem::remove(log_path_);
}

std::string ServingHakem::url() const {
  return fmt::format("http://127.0.0.1:{}", port_);
}

std::string ServingHakem::Page(std::string_view path) const {
  const auto reply = HttpGet(port_, path);
  if (!reply || reply->status != 200) {
    ADD_FAILURE() << path << ": " << (reply ? reply->head : reply.error().message);
    return "";
  }
  return reply->body;
}

std::optional<double> ServingHakem::Metric(std::string_view series) const {
  const std::string page = "\n" + Page("/metrics");
  const std::string wanted = fmt::format("\n{} ", series);
  const std::size_t found = page.find(wanted);
  return found == page.npos ? std::nullopt
                            : std::optional(std::stod(page.substr(found + wanted.size())));
}

int ServingHakem::Terminate(Duration& taken) {
  const SteadyTime before = SystemClock().SteadyNow();
  const int status = process_.Terminate(std::chrono::seconds(10));
  taken = std::chrono::duration_cast<Duration>(SystemClock().SteadyNow() - before);
  return status;
}

std::string ServingHakem::Log() const {
  std::ifstream file(log_path_);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace hakem
