#include "tests/support/programs/process_list.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <map>
#include <vector>

#include "model/clock.h"
#include "model/read_file.h"

namespace hakem {
namespace {

namespace fs = std::filesystem;

constexpr Duration kBetweenLooks(5);

/// The content of a file; "" if the process has ended.
std::string TextOf(const std::string& path) {
  return ReadFile(path, FileKind::kSystem).value_or("");
}

/// The names of a folder's entries; fewer if they disappear meanwhile.
std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename());
  }
  return names;
}

/// The parent of each process.
std::map<pid_t, pid_t> Parents() {
  std::map<pid_t, pid_t> parents;
  for (const std::string& name : NamesIn("/proc")) {
    if (std::isdigit(static_cast<unsigned char>(name[0])) != 0) {
      const std::string stat = TextOf("/proc/" + name + "/stat");
      const std::size_t fields = stat.rfind(") ");  // Behind the name, which may have anything.
      if (fields != stat.npos && stat.size() > fields + 4) {
        parents[std::atoi(name.c_str())] = std::atoi(stat.c_str() + fields + 4);
      }
    }
  }
  return parents;
}

bool Descends(pid_t pid, pid_t ancestor, const std::map<pid_t, pid_t>& parents) {
  for (auto found = parents.find(pid); found != parents.end(); found = parents.find(pid)) {
    pid = found->second;
    if (pid == ancestor) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string CommandLineOf(pid_t pid) {
  std::string line = TextOf("/proc/" + std::to_string(pid) + "/cmdline");
  std::replace(line.begin(), line.end(), '\0', ' ');
  return line;
}

ProcessListWatch::ProcessListWatch()
    : thread_([this](const std::stop_token& stop) { Watch(stop); }) {}

std::string ProcessListWatch::Stop() {
  thread_.request_stop();
  thread_.join();
  std::string text;
  for (const std::string& line : seen_) {
    text += line + '\n';
  }
  return text;
}

void ProcessListWatch::Watch(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto parents = Parents();
    for (const auto& [pid, parent] : parents) {
      if (Descends(pid, getpid(), parents)) {
        seen_.insert(CommandLineOf(pid));
        const std::string tasks = "/proc/" + std::to_string(pid) + "/task/";
        for (const std::string& task : NamesIn(tasks)) {
          seen_.insert(TextOf(tasks + task + "/comm"));
        }
      }
    }
    SystemClock().SleepUntil(SystemClock().SteadyNow() + kBetweenLooks, stop);
  }
}

}  // namespace hakem
