#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/session/session_factory.h"

namespace hakem::exporter {

/// A setting that has this value in every session of ours, whatever the server, the database, the
/// role, or code that ran in the session set it to.
struct PinnedSetting {
  std::string_view name;
  std::string_view value;
  /// The first version that has the setting, and the minor versions that brought it to older
  /// majors, in ascending order. Empty: all versions that Hakem supports.
  std::span<const int> since = {};
  /// Whether a server may refuse it, depending on its operating system. Then it is left out.
  bool optional = false;
};

/// All pinned settings, except those in SessionLimits.
std::span<const PinnedSetting> PinnedSettings();

/// Whether a server of this version (`server_version_num`) has the setting.
bool Supports(int version, const PinnedSetting& setting);

/// A setting and the value that a session sets.
struct Pin {
  std::string name;
  std::string value;

  bool operator==(const Pin&) const = default;
};

/// The pins of a session on a server of this version. `role`: "none", or the role in the user's
/// connection string. `optional`: whether to include those that a server may refuse.
std::vector<Pin> PinsFor(int version, const SessionLimits& limits, std::string_view role,
                         bool optional);

/// PREPARE for the statement kApplyPins. It sets every pin for the session, and returns the values
/// as the server formats them. kReadPins returns the same as long as no value changes.
std::string PrepareApplyPins(std::span<const Pin> pins);

/// PREPARE for the statement kReadPins. It returns the present values of all pins in one text.
std::string PrepareReadPins(std::span<const Pin> pins);

inline constexpr std::string_view kApplyPins = "EXECUTE hakem_pins";
inline constexpr std::string_view kReadPins = "EXECUTE hakem_look";

/// Statements that set the limits. They are not prepared, so that they hold even if code that ran
/// in the session replaced its prepared statements.
std::string LimitsSql(const SessionLimits& limits);

/// The number of statements in LimitsSql.
inline constexpr std::size_t kLimitStatements = 4;

/// Run before the pins are set: resets all settings of the session.
inline constexpr std::string_view kResetAll = "RESET ALL";

/// The names of the pins whose values differ between two results of kReadPins, separated by ", ".
std::string ChangedPins(std::span<const Pin> pins, std::string_view expected,
                        std::string_view found);

}  // namespace hakem::exporter
