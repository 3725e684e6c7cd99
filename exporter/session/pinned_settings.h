#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/session/session_factory.h"

namespace hakem::exporter {

/// A setting that every session of ours has, whatever the server, the database, the role or code
/// that ran in the session says of it.
struct PinnedSetting {
  std::string_view name;
  std::string_view value;
  /// The first version that knows it, and the first minor versions of older majors that it was
  /// added to, in ascending order. Empty: every version that Hakem supports.
  std::span<const int> since = {};
  /// Left out where the server refuses it, which depends on the system that it runs on.
  bool optional = false;
};

/// All of them but the limits, which SessionLimits has.
std::span<const PinnedSetting> PinnedSettings();

/// Whether a server of this version (`server_version_num`) knows the setting.
bool Knows(int version, const PinnedSetting& setting);

/// A setting and the value that a session asks for.
struct Pin {
  std::string name;
  std::string value;

  bool operator==(const Pin&) const = default;
};

/// What a session on a server of this version pins. `role`: "none", or the role that the user asked
/// for in the connection string. `optional`: with those that a server may refuse.
std::vector<Pin> PinsFor(int version, const SessionLimits& limits, std::string_view role,
                         bool optional);

/// A prepared statement that sets every pin for the session, and returns the values as the server
/// writes them: what kLook returns as long as nobody changes one.
std::string PrepareApply(std::span<const Pin> pins);

/// A prepared statement that returns the present values of all pins in one text.
std::string PrepareLook(std::span<const Pin> pins);

inline constexpr std::string_view kApply = "EXECUTE hakem_pins";
inline constexpr std::string_view kLook = "EXECUTE hakem_look";

/// The limits as statements of their own, so that they hold even if code that ran in the session
/// has replaced its prepared statements.
std::string LimitsSql(const SessionLimits& limits);

/// How many statements LimitsSql is.
inline constexpr std::size_t kLimitStatements = 4;

/// What the server must do before the pins are set: takes back whatever was set for the session.
inline constexpr std::string_view kTakeBack = "RESET ALL";

/// The names of the pins whose values differ between two texts of kLook, separated by ", ".
std::string ChangedPins(std::span<const Pin> pins, std::string_view expected,
                        std::string_view found);

}  // namespace hakem::exporter
