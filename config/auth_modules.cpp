#include "config/auth_modules.h"

#include <fmt/format.h>

#include "model/known_secrets.h"
#include "model/read_file.h"
#include "yaml/map_reader.h"

namespace hakem::config {
namespace {

using yaml::MapReader;
using yaml::Node;

Result<void> ReadOptions(const Node& options, const yaml::Environment& environment,
                         Conninfo& module) {
  if (options.kind() != Node::Kind::kMap) {
    return options.Wrong("options: expected a map of libpq's parameters");
  }
  for (const Node::Entry& option : options.entries()) {
    const Result<std::string> text =
        option.value.Expanded(environment).and_then([](const Node& node) { return node.Text(); });
    if (!text) {
      return Fail(text.error());
    }
    const Result<void> added =
        module.Add({.keyword = option.key(), .value = *text, .is_explicit = true});
    if (!added) {
      return option.key_node.Wrong(added.error().message);
    }
  }
  return {};
}

void ReadModule(MapReader& reader, const yaml::Environment& environment, Conninfo& module) {
  std::string type;
  reader.Text("type", type);
  if (type != "userpass") {
    reader.Wrong(reader.At("type"), fmt::format("type: \"{}\" is not userpass", type));
  }
  reader.Map("userpass", [&](MapReader& userpass) {
    std::string user;
    std::string password;
    userpass.Text("username", user);
    userpass.Text("password", password);
    module.Set("user", user);
    module.SetPassword(Secret(std::move(password)));
  });
  reader.Any("options",
             [&](const Node& options) { return ReadOptions(options, environment, module); });
}

}  // namespace

Result<AuthModules> ParseAuthModules(std::string_view text, std::string_view file,
                                     const yaml::Environment& environment) {
  const Result<Node> node = Node::Parse(text, file);
  if (!node) {
    return Fail(node.error());
  }
  AuthModules modules;
  MapReader reader(*node, &environment);
  reader.Named("auth_modules", [&](const Node::Entry& entry, MapReader& module) {
    ReadModule(module, environment, modules[entry.key()]);
  });
  if (const Result<void> finished = reader.Finish(); !finished) {
    return Fail(finished.error());
  }
  return modules;
}

Result<AuthModules> LoadAuthModules(const std::string& path, const yaml::Environment& environment) {
  if (path.empty()) {
    return AuthModules();
  }
  Result<AuthModules> modules = ReadFile(path).and_then(
      [&](const std::string& text) { return ParseAuthModules(text, path, environment); });
  if (modules) {
    for (const auto& [name, module] : *modules) {
      for (const Secret& secret : module.Secrets()) {
        AddKnownSecret(secret);
      }
    }
  }
  return modules;
}

}  // namespace hakem::config
