#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/session.h"
#include "model/result.h"

// How facts are read from the catalogs. Queries read pg_catalog alone: over relations that others
// own they could run those others' code. Functions that print an expression of the catalogs
// (pg_get_expr) do not evaluate it.
namespace hakem::dba {

using Names = std::set<std::string, std::less<>>;

/// Whether the value is true.
bool IsTrue(const collectors::Rows& rows, std::size_t row, std::size_t column);

/// Returns the value as text, empty if it is null.
std::string TextAt(const collectors::Rows& rows, std::size_t row, std::size_t column);

/// Reads a query's only column. Errors: the session's.
Result<std::vector<std::string>> ReadTexts(collectors::Session& session, std::string_view sql);

/// Reads a query's only column. Errors: the session's.
Result<Names> ReadNames(collectors::Session& session, std::string_view sql);

}  // namespace hakem::dba
