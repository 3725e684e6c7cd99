#include "alertmanager/notify/mail_address.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::alertmanager {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == text.npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool IsAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != text.npos && at > 0 && at + 1 < text.size() && text.rfind('@') == at &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c > ' ' && c < 0x7f &&
                  std::string_view("<>,;\"()[]\\").find(c) == std::string_view::npos;
         });
}

/// Quoted for a message: control characters would break its line.
std::string Shown(std::string_view text) {
  std::string shown(text);
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return shown;
}

}  // namespace

MailAddress::MailAddress(std::string name, std::string address)
    : name_(std::move(name)), address_(std::move(address)) {}

Result<MailAddress> MailAddress::Parse(std::string_view text) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  const std::string_view whole = Trim(text);
  std::string_view name;
  std::string_view address = whole;
  if (const std::size_t open = whole.rfind('<'); open != whole.npos && whole.ends_with('>')) {
    name = Trim(whole.substr(0, open));
    address = whole.substr(open + 1, whole.size() - open - 2);
    if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"')) {
      name = name.substr(1, name.size() - 2);
    }
  }
  if (!IsAddress(address) || std::any_of(name.begin(), name.end(), is_control)) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("\"{}\" is not a mail address: write ops@example.com or "
                            "Ops <ops@example.com>",
                            Shown(whole)));
  }
  return MailAddress(std::string(name), std::string(address));
}

std::string_view MailAddress::domain() const {
  return std::string_view(address_).substr(address_.find('@') + 1);
}

}  // namespace hakem::alertmanager
