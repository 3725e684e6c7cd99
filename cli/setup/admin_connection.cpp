#include "cli/setup/admin_connection.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "cli/system/terminal.h"
#include "model/known_secrets.h"
#include "model/read_file.h"

namespace hakem::cli {
namespace {

using config::Conninfo;
using config::TargetConfig;
using exporter::AdminSession;

constexpr std::string_view kPlace[] = {"host",   "hostaddr", "port",
                                       "dbname", "sslmode",  "sslrootcert"};

/// The superuser of a usual installation.
constexpr const char* kUsualAdministrator = "postgres";

/// The connection string of `--admin`, completed by the target's.
Result<Conninfo> CompleteConninfo(const Secret& admin, const TargetConfig& target) {
  auto conninfo = Conninfo::Parse(admin);
  if (!conninfo) {
    return Fail(conninfo.error().code, fmt::format("--admin: {}", conninfo.error().message));
  }
  for (const Secret& secret : conninfo->Secrets()) {
    AddKnownSecret(secret);
  }
  for (const std::string_view parameter : kPlace) {
    if (conninfo->Get(parameter).empty()) {
      conninfo->Set(parameter, target.conninfo.Get(parameter));
    }
  }
  if (conninfo->Get("user").empty()) {
    conninfo->Set("user", kUsualAdministrator);
  }
  return conninfo;
}

/// Connects. If the password is refused or missing, asks for one and tries once more.
AdminSession::MadeOrNot ConnectOrAsk(Conninfo& conninfo) {
  using exporter::DownReason;
  auto made = AdminSession::Connect(conninfo, kAdminLimits);
  if (!made && made.error().reason == DownReason::kAuth && IsInteractive()) {
    conninfo.SetPassword(AskSecret(fmt::format("Password of {}", conninfo.Get("user"))));
    made = AdminSession::Connect(conninfo, kAdminLimits);
  }
  return made;
}

}  // namespace

Result<Conninfo> ReadTargetConninfo(const TargetConfig& target) {
  Conninfo conninfo = target.conninfo;
  if (!target.password_file.empty()) {
    auto password = ReadSecretLine(target.password_file);
    if (!password) {
      return Fail(password.error());
    }
    conninfo.SetPassword(Secret(*std::move(password)));
  }
  return conninfo;
}

void CopyPlace(const Conninfo& from, Conninfo& to) {
  for (const std::string_view parameter : kPlace) {
    to.Set(parameter, from.Get(parameter));
  }
}

Result<AdminConnection> ConnectAdministrator(const TargetConfig& target, const Secret& admin) {
  auto conninfo = admin.empty() ? ReadTargetConninfo(target) : CompleteConninfo(admin, target);
  if (!conninfo) {
    return Fail(conninfo.error());
  }
  auto made = ConnectOrAsk(*conninfo);
  if (!made) {
    const bool hint = made.error().reason == exporter::DownReason::kAuth && admin.empty();
    return Fail(
        made.error().error.code,
        made.error().error.message + (hint ? "; name a superuser: --admin \"user=postgres\"" : ""));
  }
  if ((*made)->facts().in_recovery) {
    return Fail(ErrorCode::kInvalidInput,
                "this server is a standby: set up the primary, and the standby follows");
  }
  return dba::ReadAdministrator(**made).transform([&](dba::Administrator user) {
    return AdminConnection{*std::move(conninfo), *std::move(made), std::move(user)};
  });
}

std::string SuperuserHint(const Error& error, const AdminConnection& admin) {
  return error.code == ErrorCode::kRefused && !admin.user.is_superuser
             ? fmt::format("; {} is no superuser: name one by --admin \"user=postgres\"",
                           admin.user.name)
             : "";
}

}  // namespace hakem::cli
