#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem::config {

/// One parameter of a data source name.
struct DsnParameter {
  std::string keyword;
  std::string value;         ///< Without quotes, backslashes and percent-encoding.
  bool is_explicit = false;  ///< Whether special characters of the value were quoted or encoded.

  bool operator==(const DsnParameter&) const = default;
};

/// Splits a data source name, `keyword=value …` or `postgresql://…`, into its parameters as libpq
/// does. They are in the order of the text; those of a URI's query come last. Keywords and values
/// are not checked. It differs from libpq where libpq would accept text and then send a part of the
/// password to a wrong host or into a message:
///
/// - in a URI the userinfo ends at the last `@` before the path, as in Go, so that a password may
///   contain an `@`; behind the host an `@` must be percent-encoded, except in a query behind a
///   path;
/// - a URI must not contain blanks;
/// - a `=` in a value of a query stands for itself;
/// - several data source names in one text are refused, however they are separated.
///
/// Errors: kInvalidInput. Messages repeat no part of the text, which may be a password.
Result<std::vector<DsnParameter>> ReadDsn(std::string_view text);

}  // namespace hakem::config
