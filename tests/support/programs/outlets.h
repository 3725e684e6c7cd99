#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hakem {

/// Texts that people and programs can read, by the place where they appear.
using Outlets = std::map<std::string, std::string>;

/// Commands that read the configuration of the target, with one line of words for each way to call
/// them. They end by themselves and change nothing.
std::vector<std::vector<std::string>> ConfiguredCommands();

/// Commands that read no such configuration. They need a database at $PGHOST, a server on
/// `silent_port` that answers nothing, and change nothing.
std::vector<std::vector<std::string>> OtherCommands(int silent_port);

/// Runs the commands with `more` arguments each, and returns what they print. Fails the test if one
/// hangs or does not know an argument.
Outlets RunCommands(const std::vector<std::vector<std::string>>& commands,
                    const std::map<std::string, std::string>& environment,
                    const std::vector<std::string>& more = {});

/// Requests every endpoint that docs/http_api.md lists, with each of its methods, and returns the
/// responses with their heads. `headers`: complete lines, each with its \r\n.
Outlets RequestEveryEndpoint(std::uint16_t port, std::string_view headers = "");

/// The content of all files of a folder.
Outlets FilesIn(const std::string& folder);

/// All texts, one after another.
std::string AllText(const Outlets& outlets);

/// Fails the test for each place whose text contains `secret`.
void ExpectNowhere(std::string_view secret, const Outlets& outlets);

}  // namespace hakem
