#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/core/session.h"

namespace hakem::collectors {

/// An extension as it is installed in a database.
struct ExtensionFacts {
  std::string schema;  ///< Quoted: what stands before the dot of its functions' names.
  int version = 0;     ///< Of its SQL, which may be older than the server: 1.11 is 1011.

  bool operator==(const ExtensionFacts&) const = default;
};

/// Asks once a connection where an extension is. Our sessions look into pg_catalog alone, so its
/// functions are called by their whole names: a search path that was widened for them would let
/// whoever may create something in that schema shape our statements.
class InstalledExtension {
 public:
  /// `name` is a constant.
  explicit InstalledExtension(std::string_view name) : name_(name) {}

  /// Errors: the session's; kRefused: it is not installed.
  Result<ExtensionFacts> Find(Session& session);

  /// It may have been moved or updated: the next Find asks again.
  void Doubt() { connection_ = 0; }

 private:
  const std::string_view name_;
  std::uint64_t connection_ = 0;  ///< The one it was asked on; 0: on none.
  ExtensionFacts facts_;
};

/// "1.11" is 1011, "1.7" is 1007; 0 for what is no version.
int ParseExtensionVersion(std::string_view text);

}  // namespace hakem::collectors
