#include "exporter/config/conninfo.h"

#include <libpq-fe.h>

#include <memory>
#include <utility>

namespace hakem::exporter {
namespace {

/// `'…'` with libpq's escapes.
std::string QuoteParameter(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + '\'';
}

bool NeedsQuotes(std::string_view value) {
  return value.empty() || value.find_first_of(" '\\\t\n") != value.npos;
}

/// libpq repeats the text that it could not read, in quotes; it may hold the password.
std::string WithoutQuotedText(std::string_view message) {
  const std::size_t open = message.find('"');
  const std::size_t close = message.rfind('"');
  std::string text(message);
  if (open != message.npos && close > open) {
    text.replace(open, close - open + 1, "<dsn>");
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) {
    text.pop_back();
  }
  return text;
}

}  // namespace

Result<Conninfo> Conninfo::Parse(const Secret& dsn) {
  char* reason = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(dsn.Reveal().c_str(), &reason), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> reason_owner(reason, &PQfreemem);
  if (!options) {
    return Fail(ErrorCode::kInvalidInput,
                "the data source name is not one: " +
                    WithoutQuotedText(reason != nullptr ? reason : "out of memory"));
  }
  Conninfo conninfo;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) {
      continue;
    }
    if (std::string_view(option->keyword) == "password") {
      conninfo.SetPassword(Secret(option->val));
    } else {
      conninfo.Set(option->keyword, option->val);
    }
  }
  return conninfo;
}

void Conninfo::Set(std::string_view keyword, std::string_view value) {
  if (value.empty()) {
    parameters_.erase(std::string(keyword));
  } else {
    parameters_.insert_or_assign(std::string(keyword), std::string(value));
  }
}

std::string Conninfo::Get(std::string_view keyword) const {
  const auto found = parameters_.find(keyword);
  return found == parameters_.end() ? "" : found->second;
}

Secret Conninfo::ToDsn() const {
  std::string dsn;
  for (const auto& [keyword, value] : parameters_) {
    dsn.append(dsn.empty() ? "" : " ").append(keyword).append("=").append(QuoteParameter(value));
  }
  if (has_password()) {
    dsn.append(dsn.empty() ? "" : " ")
        .append("password=")
        .append(QuoteParameter(password_.Reveal()));
  }
  return Secret(std::move(dsn));
}

std::string Conninfo::Masked() const {
  std::string text;
  for (const auto& [keyword, value] : parameters_) {
    text.append(text.empty() ? "" : " ").append(keyword).append("=");
    text.append(NeedsQuotes(value) ? QuoteParameter(value) : value);
  }
  if (has_password()) {
    text.append(text.empty() ? "" : " ").append("password=").append(password_.Masked());
  }
  return text;
}

}  // namespace hakem::exporter
