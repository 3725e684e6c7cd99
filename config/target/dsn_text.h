#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem::exporter {

/// One parameter as a data source name has it.
struct DsnParameter {
  std::string keyword;
  std::string value;         ///< Without quotes, backslashes and percent-encoding.
  bool is_explicit = false;  ///< Whether special characters of the value were quoted or encoded.

  bool operator==(const DsnParameter&) const = default;
};

/// Reads a data source name as libpq does, `keyword=value …` or `postgresql://…`, in the order of
/// the text, without judging keywords and values; of a URI the query comes last. It differs from
/// libpq where text that libpq takes would be sent to a wrong place or shown:
///
/// - in a URI the userinfo ends at the last `@` before the path, as Go splits it, so that a
///   password may have an `@` in it; behind the host an `@` must be percent-encoded, except in a
///   query behind a path;
/// - a URI has no blanks;
/// - a `=` in a value of a query stands for itself;
/// - several data source names in one text are refused, however they are separated.
///
/// Errors: kInvalidInput. No part of the text is repeated.
Result<std::vector<DsnParameter>> ReadDsn(std::string_view text);

}  // namespace hakem::exporter
