#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "model/labels.h"

// Values as Prometheus' API writes them in JSON.
namespace hakem::cli {

/// Reads an object of label names and values. Throws nlohmann::json::exception if it is none.
Labels ReadLabels(const nlohmann::json& json);

/// Reads a sample's value, such as "1e+00", "NaN" or "+Inf". NaN if the text is no number.
double ReadNumber(const std::string& text);

}  // namespace hakem::cli
