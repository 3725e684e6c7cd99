#include "exporter/scrape/requirements.h"

#include <fmt/format.h>

namespace hakem::exporter {

using collectors::Role;

std::string FormatServerVersion(int version) {
  return fmt::format("{}.{}", version / 10000, version % 10000);
}

std::optional<std::string> UnmetRequirement(const collectors::Gates& gates,
                                            const collectors::ServerFacts& facts) {
  if (facts.version < gates.min_version) {
    return fmt::format("needs PostgreSQL {}, the server is {}", gates.min_version / 10000,
                       FormatServerVersion(facts.version));
  }
  if (facts.version > gates.max_version) {
    return fmt::format("ends with PostgreSQL {}, the server is {}", gates.max_version / 10000,
                       FormatServerVersion(facts.version));
  }
  if (gates.role == Role::kPrimary && facts.in_recovery) {
    return "runs on a primary, this is a standby";
  }
  if (gates.role == Role::kStandby && !facts.in_recovery) {
    return "runs on a standby, this is a primary";
  }
  if (!gates.extension.empty() && !facts.extensions.contains(gates.extension)) {
    return fmt::format("needs the extension {}", gates.extension);
  }
  return std::nullopt;
}

}  // namespace hakem::exporter
