#include "web/access/web_config_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "model/read_file.h"

namespace hakem::web {
namespace {

constexpr Duration kBetweenLooks = std::chrono::seconds(1);

constexpr Instrument kLastReload{
    .name = "hakem_web_config_last_reload_successful",
    .type = MetricType::kGauge,
    .help = "Whether the file of web.config_file was in order when it was last read."};

/// Whether clients no longer need credentials that they needed before. A file that is being written
/// may lack its users or client_auth_type for a moment, which must not let everybody in.
bool Opens(const WebConfig& before, const WebConfig& after) {
  const auto client_auth = [](const WebConfig& config) {
    return config.tls ? config.tls->client_auth : ClientAuth::kNone;
  };
  return (!before.users.empty() && after.users.empty()) || client_auth(after) < client_auth(before);
}

}  // namespace

Result<std::unique_ptr<WebConfigFile>> WebConfigFile::Open(std::string path, const Deps& deps) {
  std::unique_ptr<WebConfigFile> file(new WebConfigFile(std::move(path), deps));
  const MutexLock lock(file->mutex_);
  const Loaded loaded = file->Load(file->seen_);
  if (!loaded) {
    return Fail(loaded.error());
  }
  file->Judge(loaded);
  return file;
}

WebConfigFile::WebConfigFile(std::string path, Deps deps)
    : path_(std::move(path)),
      deps_(std::move(deps)),
      next_check_(deps_.clock.SteadyNow() + kBetweenLooks) {}

std::shared_ptr<const LoadedWebConfig> WebConfigFile::Current() {
  const SteadyTime now = deps_.clock.SteadyNow();
  SteadyTime due = next_check_;
  if (now >= due && next_check_.compare_exchange_strong(due, now + kBetweenLooks)) {
    CheckForChanges();
  }
  return loaded_.Get();
}

WebConfigFile::Mark WebConfigFile::MarkOf(const std::string& path) {
  struct stat status {};

  if (stat(path.c_str(), &status) != 0) {
    return {.path = path};
  }
  return {.path = path,
          .device = static_cast<std::int64_t>(status.st_dev),
          .inode = static_cast<std::int64_t>(status.st_ino),
          .bytes = status.st_size,
          .changed_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
}

WebConfigFile::Loaded WebConfigFile::Load(std::vector<Mark>& marks) const {
  marks = {MarkOf(path_)};
  const Result<std::string> text = ReadFile(path_);
  if (!text) {
    return Fail(text.error());
  }
  Result<WebConfig> config = ParseWebConfig(*text, path_);
  if (!config) {
    return Fail(config.error());
  }
  for (const std::string& file : config->Files()) {
    marks.push_back(MarkOf(file));
  }
  std::shared_ptr<const TlsContext> tls;
  if (config->tls) {
    auto context = TlsContext::Load(*config->tls);
    if (!context) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("{}: tls_server_config: {}", path_, context.error().message));
    }
    tls = *std::move(context);
  }
  return std::make_shared<const LoadedWebConfig>(*std::move(config), std::move(tls));
}

void WebConfigFile::CheckForChanges() {
  const MutexLock lock(mutex_);
  const bool is_same = std::all_of(seen_.begin(), seen_.end(),
                                   [](const Mark& mark) { return MarkOf(mark.path) == mark; });
  if (is_same && !awaited_) {
    return;
  }
  Loaded read = Load(seen_);
  const bool opens = read && Opens(loaded_.Get()->config, (*read)->config);
  if (opens && !(is_same && awaited_)) {
    awaited_ = true;  // Applied at the next check, unless the file changes until then.
    return;
  }
  awaited_ = false;
  if (read && ((*read)->tls == nullptr) != (loaded_.Get()->tls == nullptr)) {
    read = Fail(ErrorCode::kInvalidInput,
                fmt::format("{}: tls_server_config has come or gone: that needs a restart", path_));
  }
  Judge(read);
}

void WebConfigFile::Judge(const Loaded& read) {
  deps_.instruments.Set(kLastReload, {}, read ? 1 : 0);
  if (!read) {
    deps_.log.Error("web configuration not taken, the old one stays in force",
                    {{"cause", read.error().message}});
    return;
  }
  loaded_.Set(*read);
  deps_.log.Info(
      "web configuration loaded",
      {{"file", path_}, {"tls", (*read)->tls != nullptr}, {"users", (*read)->config.users.size()}});
  for (const std::string& note : (*read)->config.notes) {
    deps_.log.Info("web configuration note", {{"note", note}});
  }
}

}  // namespace hakem::web
