// Collecting continues when the role's password is changed.
#include <filesystem>
#include <fstream>

#include "tests/support/collection/faults_fixture.h"

namespace hakem::exporter {
namespace {

class PasswordTest : public FaultsTest {
 protected:
  PasswordTest() {
    Admin("ALTER ROLE hakem PASSWORD 'canary-1'");
    // The method md5 also accepts passwords that are stored for scram-sha-256, the default from
    // PostgreSQL 14 on.
    std::ofstream(server_->folder() + "/data/pg_hba.conf")
        << "host all hakem 127.0.0.1/32 md5\nhost all all 127.0.0.1/32 trust\n";
    Admin("SELECT pg_reload_conf()");
  }

  config::Conninfo Here() const {
    return *config::Conninfo::Parse(Secret(server_->Dsn("postgres", "hakem")));
  }

  void ChangePassword() const {
    Admin("ALTER ROLE hakem PASSWORD 'canary-2'");
    Admin(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'hakem'");
  }

  const std::string file_ = server_->folder() + "/hakem.password";
};

TEST_F(PasswordTest, IsReadAgainFromItsFile) {
  std::ofstream(file_) << "canary-1\n";
  StartCollecting(Here(), file_);
  ASSERT_TRUE(Becomes("pg_up", 1));
  ChangePassword();
  EXPECT_TRUE(Becomes("hakem_target_down{reason=\"auth\"}", 1));
  std::ofstream(file_) << "canary-2\n";
  EXPECT_TRUE(Becomes("pg_up", 1));
}

TEST_F(PasswordTest, IsReadAgainFromAPassfile) {
  const auto write = [&](std::string_view password) {
    std::ofstream(file_) << fmt::format("127.0.0.1:{}:*:hakem:{}\n", server_->port(), password);
    std::filesystem::permissions(
        file_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  };
  write("canary-1");
  config::Conninfo conninfo = Here();
  conninfo.Set("passfile", file_);
  StartCollecting(conninfo, "");
  ASSERT_TRUE(Becomes("pg_up", 1));
  ChangePassword();
  EXPECT_TRUE(Becomes("hakem_target_down{reason=\"auth\"}", 1));
  write("canary-2");
  EXPECT_TRUE(Becomes("pg_up", 1));
}

}  // namespace
}  // namespace hakem::exporter
