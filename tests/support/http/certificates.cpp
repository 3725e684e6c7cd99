#include "tests/support/http/certificates.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/programs/shell.h"

namespace hakem {
namespace {

std::string NewFolder() {
  static int number = 0;
  const auto path = std::filesystem::temp_directory_path() /
                    fmt::format("hakem-certificates-{}-{}", getpid(), ++number);
  std::filesystem::create_directories(path);
  return path;
}

/// Creates NAME.key and NAME.pem, self-signed or signed by ca.pem.
std::string Make(std::string_view name, std::string_view extra) {
  return fmt::format(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
      "-subj /CN={0} -keyout {0}.key.new -out {0}.pem.new {1} && mv {0}.key.new {0}.key && "
      "mv {0}.pem.new {0}.pem",
      name, extra);
}

constexpr std::string_view kServerNames =
    "-CA ca.pem -CAkey ca.key -addext basicConstraints=CA:FALSE "
    "-addext subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1";

}  // namespace

Certificates::Certificates() : folder_(NewFolder()) {
  Run(Make("ca", "-addext keyUsage=critical,keyCertSign,cRLSign"));  // Python 3.13 asks for it.
  RenewServer();
  Run(Make("client",
           "-CA ca.pem -CAkey ca.key -addext basicConstraints=CA:FALSE "
           "-addext subjectAltName=DNS:client.example"));
  Run(Make("stranger", "-addext subjectAltName=DNS:stranger.example"));
}

Certificates::~Certificates() {
  std::filesystem::remove_all(folder_);
}

std::string Certificates::Path(std::string_view file) const {
  return fmt::format("{}/{}", folder_, file);
}

void Certificates::Write(std::string_view file, std::string_view text) const {
  const std::string path = Path(file);
  std::ofstream(path + ".new") << text;
  std::filesystem::rename(path + ".new", path);
}

void Certificates::RenewServer() const {
  Run(Make("server", kServerNames));
}

void Certificates::Run(const std::string& command) const {
  const ShellOutput output = RunShell(fmt::format("cd {} && {}", ShellWord(folder_), command));
  EXPECT_EQ(output.status, 0) << command << ":\n" << output.text;
}

}  // namespace hakem
