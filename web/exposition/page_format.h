#pragma once

#include <string_view>

namespace hakem::web {

/// How a metrics page is written.
enum class PageFormat {
  kText,         ///< Prometheus' text format 0.0.4.
  kOpenMetrics,  ///< OpenMetrics 1.0.
};

inline constexpr std::string_view kTextContentType = "text/plain; version=0.0.4; charset=utf-8";

/// What a client that sent this Accept header gets, and the Content-Type that says so.
struct ChosenFormat {
  PageFormat format = PageFormat::kText;
  std::string_view content_type = kTextContentType;

  bool operator==(const ChosenFormat&) const = default;
};

/// The client's dearest of the formats that there are; of equal ones the first named. Text for who
/// names none of them: a page is always answered. OpenMetrics of any version but 1.0.0 and 0.0.1,
/// which differ in the header alone, and text of any but 0.0.4 are not there.
ChosenFormat ChooseFormat(std::string_view accept);

}  // namespace hakem::web
