#include "collectors/core/extension.h"

#include <fmt/format.h>

#include <charconv>

namespace hakem::collectors {

int ParseExtensionVersion(std::string_view text) {
  int major = 0;
  int minor = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, major);
  if (first.ec != std::errc{}) {
    return 0;
  }
  if (first.ptr != end && *first.ptr == '.') {
    std::from_chars(first.ptr + 1, end, minor);
  }
  return major < 1000 && minor < 1000 ? major * 1000 + minor : 0;
}

Result<ExtensionFacts> InstalledExtension::Find(Session& session) {
  if (connection_ != 0 && connection_ == session.facts().connection) {
    return facts_;
  }
  const auto rows = session.Query(
      fmt::format("SELECT n.nspname, e.extversion\n"
                  "FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace\n"
                  "WHERE e.extname = {}",
                  QuoteLiteral(name_)));
  if (!rows) {
    return Fail(rows.error());
  }
  if (rows->empty()) {
    return Fail(ErrorCode::kRefused,
                fmt::format("the extension {} is not installed in database \"{}\"", name_,
                            session.facts().database));
  }
  facts_ = {QuoteIdentifier(rows->Text(0, 0).value_or("")),
            ParseExtensionVersion(rows->Text(0, 1).value_or(""))};
  connection_ = session.facts().connection;
  return facts_;
}

}  // namespace hakem::collectors
