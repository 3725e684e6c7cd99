#include "model/time.h"

#include <fmt/format.h>

namespace hakem {

std::string FormatRfc3339(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (const auto milliseconds = clock.subseconds().count(); milliseconds != 0) {
    text += fmt::format(".{:03}", milliseconds);
  }
  text += 'Z';
  return text;
}

}  // namespace hakem
