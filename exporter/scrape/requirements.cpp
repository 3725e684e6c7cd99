#include "exporter/scrape/requirements.h"

#include <fmt/format.h>

namespace hakem::exporter {

using collectors::Role;

std::string FormatServerVersion(int version) {
  return fmt::format("{}.{}", version / 10000, version % 10000);
}

std::optional<std::string> UnmetRequirement(const collectors::Requirements& requirements,
                                            const collectors::ServerFacts& facts) {
  if (facts.version < requirements.min_version) {
    return fmt::format("needs PostgreSQL {}, the server is {}", requirements.min_version / 10000,
                       FormatServerVersion(facts.version));
  }
  if (facts.version > requirements.max_version) {
    return fmt::format("ends with PostgreSQL {}, the server is {}",
                       requirements.max_version / 10000, FormatServerVersion(facts.version));
  }
  if (requirements.role == Role::kPrimary && facts.in_recovery) {
    return "runs on a primary, this is a standby";
  }
  if (requirements.role == Role::kStandby && !facts.in_recovery) {
    return "runs on a standby, this is a primary";
  }
  if (!requirements.extension.empty() && !facts.extensions.contains(requirements.extension)) {
    return fmt::format("needs the extension {}", requirements.extension);
  }
  return std::nullopt;
}

}  // namespace hakem::exporter
