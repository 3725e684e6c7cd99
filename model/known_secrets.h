#pragma once

#include <cstddef>
#include <string>

#include "model/secret.h"

namespace hakem {

/// Secrets shorter than this many bytes are not masked. They would also occur in ordinary words,
/// and the mask would reveal them.
inline constexpr std::size_t kShortestKnownSecret = 6;

/// Adds a secret to the process-wide list of texts to be masked, also in the forms that libpq's and
/// JSON's escapes and percent-encoding give it. The latest 100 are kept, since a password command
/// may print a new token at each connect. Thread-safe.
///
/// This is a second line of defence behind the type Secret: messages of libraries and servers may
/// repeat what they were given. Code that obtains a secret (from a configuration, from a command)
/// adds it here; the log and the messages of commands mask it.
void AddKnownSecret(const Secret& secret);

/// Returns the text with each added secret replaced by `<secret>`. Thread-safe.
std::string WithoutKnownSecrets(std::string text);

}  // namespace hakem
