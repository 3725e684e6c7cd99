#pragma once

#include <string_view>

namespace hakem::web {

/// The format of a metrics page.
enum class PageFormat {
  kText,         ///< Prometheus' text format 0.0.4.
  kOpenMetrics,  ///< OpenMetrics 1.0.
};

inline constexpr std::string_view kTextContentType = "text/plain; version=0.0.4; charset=utf-8";

/// The format that a client gets, and its Content-Type.
struct ChosenFormat {
  PageFormat format = PageFormat::kText;
  std::string_view content_type = kTextContentType;

  bool operator==(const ChosenFormat&) const = default;
};

/// Chooses the format with the highest weight in an Accept header, and the first of equal ones.
/// Falls back to text, so that there always is a page. Known versions are text 0.0.4 and
/// OpenMetrics 1.0.0 and 0.0.1, which differ only in the Content-Type.
ChosenFormat ChooseFormat(std::string_view accept);

}  // namespace hakem::web
