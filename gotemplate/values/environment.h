#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"

namespace hakem::gotemplate {

/// One element of a query's result.
struct QuerySample {
  Labels labels;
  double value = 0;
};

/// What an expansion knows of its surroundings.
struct Environment {
  /// Evaluates a query for the function `query`.
  using Query = std::function<Result<std::vector<QuerySample>>(std::string_view query)>;

  std::string_view name;          ///< The template's name, for error messages.
  Query query = {};               ///< If empty, the function `query` fails.
  std::string external_url = {};  ///< For the functions `externalURL` and `pathPrefix`.
  Timestamp now{};                ///< The time of the evaluation, for the function `now`.
};

}  // namespace hakem::gotemplate
