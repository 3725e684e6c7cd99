#include "tests/support/alerting/smtp_server.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "model/check.h"
#include "tests/support/paths.h"

namespace hakem {
namespace {

using alertmanager::SmtpTls;

std::string MakeFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "hakem-smtp-XXXXXX").string();
  HAKEM_CHECK(mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

process::ChildProcess Start(const process::ChildOptions& options) {
  auto process = process::ChildProcess::Start(options);
  HAKEM_CHECK(process.has_value());
  return *std::move(process);
}

void MakeCertificate(const std::string& folder) {
  auto openssl =
      Start({.argv = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                      "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                      "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/key.pem",
                      "-out", folder + "/certificate.pem"},
             .standard_error = process::Output::ToFile(folder + "/openssl.log")});
  HAKEM_CHECK(openssl.Wait() == 0);
}

std::string NameOf(SmtpTls tls) {
  switch (tls) {
    case SmtpTls::kStartTls:
      return "starttls";
    case SmtpTls::kImplicit:
      return "implicit";
    case SmtpTls::kNone:
      return "none";
  }
  return "none";
}

}  // namespace

SmtpServer::SmtpServer(SmtpTls tls, std::string user, std::string password)
    : folder_(MakeFolder()) {
  MakeCertificate(folder_);
  // Uses Debian's Python, because others in PATH do not have Debian's packages.
  process_ = std::make_unique<process::ChildProcess>(
      Start({.argv = {"/usr/bin/python3", SourcePath("tests/support/alerting/smtp_server.py"),
                      "--certificate", ca_file(), "--key", folder_ + "/key.pem", "--tls",
                      NameOf(tls), "--user", std::move(user), "--password", std::move(password)},
             .environment = {{"PYTHONDONTWRITEBYTECODE", "1"}},
             .standard_output = process::Output::ToPipe(),
             .standard_error = process::Output::ToFile(folder_ + "/server.log")}));
  const auto port = process_->ReadLine();
  HAKEM_CHECK(port.has_value());
  port_ = std::stoi(*port);
}

SmtpServer::~SmtpServer() {
  process_.reset();
  std::filesystem::remove_all(folder_);
}

nlohmann::json SmtpServer::NextMail() {
  const auto line = process_->ReadLine();
  HAKEM_CHECK(line.has_value());
  return nlohmann::json::parse(*line);
}

}  // namespace hakem
