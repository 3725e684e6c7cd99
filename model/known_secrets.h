#pragma once

#include <cstddef>
#include <string>

#include "model/secret.h"

namespace hakem {

/// A secret shorter than this many bytes is not looked for: it would be found in innocent words,
/// and the gap would say what it is.
inline constexpr std::size_t kShortestKnownSecret = 6;

/// Adds a secret to those of this process, with its forms by libpq's and JSON's escapes and
/// percent-encoded. The latest 100 are remembered, since a command may print a new token at each
/// connect. Thread-safe.
///
/// This is the last line of defence behind the type Secret: texts of other libraries and of servers
/// may repeat what they were given. Whoever learns a secret (a configuration that was read, a
/// password that a command printed) adds it here, and the log and the messages of commands leave it
/// out. It is one list for the process, because a secret is one wherever it turns up.
void AddKnownSecret(const Secret& secret);

/// The text with `<secret>` in place of each secret that was added. Thread-safe.
std::string WithoutKnownSecrets(std::string text);

}  // namespace hakem
