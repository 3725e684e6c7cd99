#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gotemplate/values/time.h"

namespace hakem::gotemplate {
namespace {

/// What is formatted, and the bytes of the layout that describe it.
struct Moment {
  const Time& time;
  const CivilTime civil;
  std::string_view element;
};

std::string Padded(std::int64_t number, int width) {
  return fmt::format("{:0{}}", number, width);
}

int HourOfTwelve(int hour) {
  return hour % 12 == 0 ? 12 : hour % 12;
}

/// Formats an offset in the way of its layout: `-07:00`, `Z0700`, with `Z` for UTC.
std::string Offset(const Moment& moment) {
  const std::int32_t offset = moment.time.zone == nullptr ? 0 : moment.time.zone->offset_seconds;
  if (moment.element.starts_with('Z') && offset == 0) {
    return "Z";
  }
  const std::string_view form = moment.element.substr(1);
  const std::string_view colon = form.find(':') == form.npos ? "" : ":";
  const std::int32_t size = offset < 0 ? -offset : offset;
  std::string text = fmt::format("{}{:02}", offset < 0 ? '-' : '+', size / 3600);
  if (form.size() >= 4) {
    text += fmt::format("{}{:02}", colon, size / 60 % 60);
  }
  if (form.size() >= 6) {
    text += fmt::format("{}{:02}", colon, size % 60);
  }
  return text;
}

/// The abbreviation of the zone, or its offset if it has none.
std::string ZoneName(const Moment& moment) {
  if (moment.time.zone == nullptr) {
    return "UTC";
  }
  if (!moment.time.zone->name.empty()) {
    return moment.time.zone->name;
  }
  const std::int32_t offset = moment.time.zone->offset_seconds;
  const std::int32_t size = offset < 0 ? -offset : offset;
  const std::string hours = fmt::format("{}{:02}", offset < 0 ? '-' : '+', size / 3600);
  return size / 60 % 60 == 0 ? hours : fmt::format("{}{:02}", hours, size / 60 % 60);
}

std::string Year(const Moment& moment) {
  return moment.civil.year < 0 ? fmt::format("-{:04}", -moment.civil.year)
                               : Padded(moment.civil.year, 4);
}

struct Element {
  std::string_view layout;
  std::string (*format)(const Moment& moment);
  bool is_name = false;  ///< Not recognized before a lower-case letter: `Mon` in `Money`.
};

/// At one place of a layout, the first element that matches counts.
constexpr Element kElements[] = {
    {"January", [](const Moment& m) { return std::string(MonthName(m.civil.month)); }},
    {"Jan", [](const Moment& m) { return std::string(MonthName(m.civil.month).substr(0, 3)); },
     true},
    {"Monday", [](const Moment& m) { return std::string(WeekdayName(m.civil.weekday)); }},
    {"Mon", [](const Moment& m) { return std::string(WeekdayName(m.civil.weekday).substr(0, 3)); },
     true},
    {"MST", ZoneName},
    {"002", [](const Moment& m) { return Padded(m.civil.year_day, 3); }},
    {"01", [](const Moment& m) { return Padded(m.civil.month, 2); }},
    {"02", [](const Moment& m) { return Padded(m.civil.day, 2); }},
    {"03", [](const Moment& m) { return Padded(HourOfTwelve(m.civil.hour), 2); }},
    {"04", [](const Moment& m) { return Padded(m.civil.minute, 2); }},
    {"05", [](const Moment& m) { return Padded(m.civil.second, 2); }},
    {"06", [](const Moment& m) { return Padded((m.civil.year % 100 + 100) % 100, 2); }},
    {"15", [](const Moment& m) { return Padded(m.civil.hour, 2); }},
    {"1", [](const Moment& m) { return fmt::format("{}", m.civil.month); }},
    {"2006", Year},
    {"2", [](const Moment& m) { return fmt::format("{}", m.civil.day); }},
    {"_2006", [](const Moment& m) { return "_" + Year(m); }},
    {"__2", [](const Moment& m) { return fmt::format("{:3}", m.civil.year_day); }},
    {"_2", [](const Moment& m) { return fmt::format("{:2}", m.civil.day); }},
    {"3", [](const Moment& m) { return fmt::format("{}", HourOfTwelve(m.civil.hour)); }},
    {"4", [](const Moment& m) { return fmt::format("{}", m.civil.minute); }},
    {"5", [](const Moment& m) { return fmt::format("{}", m.civil.second); }},
    {"PM", [](const Moment& m) { return std::string(m.civil.hour < 12 ? "AM" : "PM"); }},
    {"pm", [](const Moment& m) { return std::string(m.civil.hour < 12 ? "am" : "pm"); }},
    {"-070000", Offset},
    {"-07:00:00", Offset},
    {"-0700", Offset},
    {"-07:00", Offset},
    {"-07", Offset},
    {"Z070000", Offset},
    {"Z07:00:00", Offset},
    {"Z0700", Offset},
    {"Z07:00", Offset},
    {"Z07", Offset},
};

const Element* ElementAt(std::string_view layout) {
  const auto* const found =
      std::find_if(std::begin(kElements), std::end(kElements), [&](const Element& element) {
        const std::size_t size = element.layout.size();
        const bool goes_on = layout.size() > size && layout[size] >= 'a' && layout[size] <= 'z';
        return layout.starts_with(element.layout) && !(element.is_name && goes_on);
      });
  return found == std::end(kElements) ? nullptr : found;
}

/// Returns the size of a fraction of a second in the layout, such as `.000` or `,999`; 0 if there
/// is none.
std::size_t FractionSize(std::string_view layout) {
  if (layout.size() < 2 || (layout[0] != '.' && layout[0] != ',') ||
      (layout[1] != '0' && layout[1] != '9')) {
    return 0;
  }
  const std::size_t end = std::min(layout.find_first_not_of(layout[1], 1), layout.size());
  const bool digit_follows = end < layout.size() && layout[end] >= '0' && layout[end] <= '9';
  return digit_follows ? 0 : end;
}

/// Nines drop trailing zeros, and the point with them.
std::string Fraction(std::int32_t nanoseconds, std::string_view form) {
  std::string digits = fmt::format("{:09}", nanoseconds).substr(0, form.size() - 1);
  digits.resize(form.size() - 1, '0');
  if (form[1] == '9') {
    digits.resize(digits.find_last_not_of('0') + 1);
    if (digits.empty()) {
      return {};
    }
  }
  return form[0] + digits;
}

}  // namespace

std::string FormatTime(const Time& time, std::string_view layout) {
  Moment moment{.time = time, .civil = ToCivil(time), .element = {}};
  std::string text;
  while (!layout.empty()) {
    std::size_t taken = 1;
    if (const Element* element = ElementAt(layout)) {
      taken = element->layout.size();
      moment.element = element->layout;
      text += element->format(moment);
    } else if (const std::size_t size = FractionSize(layout); size > 0) {
      taken = size;
      text += Fraction(time.nanoseconds, layout.substr(0, size));
    } else {
      text += layout[0];
    }
    layout.remove_prefix(taken);
  }
  return text;
}

}  // namespace hakem::gotemplate
