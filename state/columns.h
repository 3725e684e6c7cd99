#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/labels.h"
#include "state/database.h"

namespace hakem::state {

/// Numbers, labels and texts as several tables hold them.
using Texts = std::map<std::string, std::string>;

/// The number as a parameter. SQLite has no NaN: it is NULL.
Value NumberValue(double value);

/// The number in a column; NaN for NULL.
double NumberAt(const Row& row, int column);

/// Return the bytes of a BLOB from which LabelsAt and TextsAt read the same back.
std::string Encode(const Labels& labels);
std::string Encode(const Texts& texts);

/// Return the labels, or the texts by name, in a column; nothing if they are damaged.
std::optional<Labels> LabelsAt(const Row& row, int column);
std::optional<Texts> TextsAt(const Row& row, int column);

}  // namespace hakem::state
