#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/core/session.h"

namespace hakem::collectors {

/// An installed extension.
struct ExtensionFacts {
  std::string schema;  ///< The schema with its functions, as a quoted identifier.
  int version =
      0;  ///< The installed SQL version, which may be older than the server; 1.11 is 1011.

  bool operator==(const ExtensionFacts&) const = default;
};

/// Finds the schema of an extension, once per connection. The search path of our sessions has only
/// pg_catalog, so functions of extensions are called with their schema. A wider search path would
/// let anyone who may create objects in that schema change what our statements call. Used by one
/// thread.
class InstalledExtension {
 public:
  /// `name` outlives this object.
  explicit InstalledExtension(std::string_view name) : name_(name) {}

  /// Returns the schema and version. Errors: those of Session::Query; kRefused: the extension is
  /// not installed.
  Result<ExtensionFacts> Find(Session& session);

  /// Makes the next Find ask the server again, because the extension may have been moved or
  /// updated.
  void Invalidate() { connection_ = 0; }

 private:
  const std::string_view name_;
  std::uint64_t connection_ = 0;  ///< The connection that facts_ were read on; 0: none.
  ExtensionFacts facts_;
};

/// Returns 1011 for "1.11" and 1007 for "1.7"; 0 if the text is no version.
int ParseExtensionVersion(std::string_view text);

}  // namespace hakem::collectors
