// Of any text a connection string is made that libpq can read, or an error; and where libpq can
// read the text as well, both find the same in it.

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

/// What libpq reads in the text, but for what is empty; nothing when it refuses it.
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
  const auto conninfo = hakem::exporter::Conninfo::Parse(hakem::Secret(text));
  if (!conninfo) {
    return 0;
  }
  const auto ours = ByLibpq(conninfo->ToDsn().Reveal());
  HAKEM_CHECK(ours.has_value());
  // On purpose the userinfo ends elsewhere when there is more than one @, and blanks around a URI
  // are cut off.
  const bool is_different =
      std::count(text.begin(), text.end(), '@') > 1 ||
      (text.find("://") != text.npos && text.find_first_of(" \t\r\n\v\f") != text.npos);
  const auto theirs = ByLibpq(text);
  if (theirs && !is_different) {
    HAKEM_CHECK(*ours == *theirs);
  }
  return 0;
}
