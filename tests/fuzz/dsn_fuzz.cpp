// Any text becomes a connection string that libpq can read, or an error. If libpq can read the
// original text too, both must mean the same.

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/target/conninfo.h"
#include "model/check.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using Values = std::map<std::string, std::string>;

/// The non-empty parameters that libpq reads from the text; nothing if it rejects the text.
std::optional<Values> ByLibpq(const std::string& text) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(text.c_str(), nullptr), &PQconninfoFree);
  if (!options) {
    return std::nullopt;
  }
  Values values;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string value = option->val != nullptr ? option->val : "";
    // No port for any of several hosts is the same as none at all.
    if (value.find_first_not_of(',') != value.npos || option->keyword != std::string("port")) {
      if (!value.empty()) {
        values[option->keyword] = value;
      }
    }
  }
  return values;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto conninfo = hakem::config::Conninfo::Parse(hakem::Secret(text));
  if (!conninfo) {
    return 0;
  }
  const auto ours = ByLibpq(conninfo->ToDsn().Reveal());
  HAKEM_CHECK(ours.has_value());
  // Intended differences: userinfo ends at the last @, and spaces around a URI are removed.
  const bool is_different =
      std::count(text.begin(), text.end(), '@') > 1 ||
      (text.find("://") != text.npos && text.find_first_of(" \t\r\n\v\f") != text.npos);
  const auto theirs = ByLibpq(text);
  if (theirs && !is_different) {
    HAKEM_CHECK(*ours == *theirs);
  }
  return 0;
}
