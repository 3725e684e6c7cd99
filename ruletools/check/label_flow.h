#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "promql/syntax/ast.h"
#include "ruletools/check/catalogue.h"

namespace hakem::ruletools {

/// The labels that the series of a result may have.
struct LabelSet {
  bool is_open = false;  ///< Whether they may also have others, which are not known.
  Names names = {};

  bool MayHave(std::string_view name) const { return is_open || names.contains(name); }
};

/// Reports what cannot be: a sentence without a final stop.
using OnMistake = std::function<void(const std::string& message)>;

/// Returns the labels, without the metric name, that the result of an expression may have. Reports
/// metrics that nobody exports, and labels that are named but that no series has. Pure.
LabelSet FollowLabels(const promql::Expr& expr, const Catalogue& catalogue,
                      const OnMistake& on_mistake);

}  // namespace hakem::ruletools
