#include "exporter/session/postgres_error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "format/utf8.h"

namespace hakem::exporter {
namespace {

struct CodeRow {
  std::string_view prefix;  ///< Prefix of the SQLSTATE.
  ErrorCode code;
};

/// The first row that matches is used.
constexpr std::array kCodes = {
    CodeRow{"57014", ErrorCode::kTimeout},     // query_canceled: statement_timeout
    CodeRow{"55P03", ErrorCode::kTimeout},     // lock_not_available: lock_timeout
    CodeRow{"25P03", ErrorCode::kTimeout},     // idle_in_transaction_session_timeout
    CodeRow{"40", ErrorCode::kTimeout},        // deadlock, conflict with recovery on a standby
    CodeRow{"57P0", ErrorCode::kUnavailable},  // shutting down, starting up, crashed
    CodeRow{"53", ErrorCode::kUnavailable},    // out of memory, disk or connections
    CodeRow{"08", ErrorCode::kUnavailable},    // the connection failed
    CodeRow{"42501", ErrorCode::kRefused},     // insufficient_privilege
    CodeRow{"28", ErrorCode::kRefused},        // invalid_authorization_specification
    CodeRow{"3D000", ErrorCode::kRefused},     // invalid_catalog_name: no such database
};

struct ReasonRow {
  std::string_view prefix;
  DownReason reason;
};

constexpr std::array kReasons = {
    ReasonRow{"28", DownReason::kAuth},         // invalid password, no such role, pg_hba.conf
    ReasonRow{"42501", DownReason::kAuth},      // no CONNECT privilege
    ReasonRow{"57P03", DownReason::kRecovery},  // starting up, shutting down, recovering
    ReasonRow{"57P0", DownReason::kConnect},    // terminated while it connected
    ReasonRow{"57014", DownReason::kTimeout},   // authentication took too long
};

/// Messages without an SQLSTATE, which libpq itself or a very old server sends.
struct TextRow {
  std::string_view part;
  DownReason reason;
  ErrorCode code;
};

constexpr std::array kTexts = {
    TextRow{"no password supplied", DownReason::kAuth, ErrorCode::kRefused},
    TextRow{"timeout expired", DownReason::kTimeout, ErrorCode::kTimeout},
    TextRow{"Connection timed out", DownReason::kTimeout, ErrorCode::kTimeout},
};

template <typename Rows>
auto FindPrefix(const Rows& rows, std::string_view sqlstate) {
  return std::find_if(rows.begin(), rows.end(),
                      [&](const auto& row) { return sqlstate.starts_with(row.prefix); });
}

std::string_view FirstLine(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

/// A message, split at the two spaces that libpq puts after the severity in every language:
/// `before` + `FATAL:  28P01: ` + `text`.
struct MessageParts {
  std::string_view before;
  std::string_view sqlstate;  ///< Empty if there is none.
  std::string_view text;
};

bool IsSqlState(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || std::isupper(c) != 0;
         });
}

MessageParts TakeApart(std::string_view message) {
  const std::string_view line = FirstLine(message);
  const std::size_t severity_end = line.find(":  ");
  if (severity_end == line.npos) {
    return {{}, {}, line};
  }
  const std::size_t before = line.rfind(": ", severity_end - 1);
  MessageParts parts{before == line.npos ? std::string_view() : line.substr(0, before + 2),
                     {},
                     line.substr(severity_end + 3)};
  if (parts.text.size() > 7 && IsSqlState(parts.text.substr(0, 5)) &&
      parts.text.substr(5, 2) == ": ") {
    parts.sqlstate = parts.text.substr(0, 5);
    parts.text.remove_prefix(7);
  }
  return parts;
}

}  // namespace

std::string_view ToString(DownReason reason) {
  switch (reason) {
    case DownReason::kConnect:
      return "connect";
    case DownReason::kAuth:
      return "auth";
    case DownReason::kTimeout:
      return "timeout";
    case DownReason::kRecovery:
      return "recovery";
    case DownReason::kOther:
      return "other";
  }
  return "other";
}

ErrorCode CodeOfSqlState(std::string_view sqlstate) {
  const auto* const row = FindPrefix(kCodes, sqlstate);
  return row != kCodes.end() ? row->code : ErrorCode::kInvalidInput;
}

bool IsUntranslatable(std::string_view sqlstate) {
  return sqlstate == "22P05" || sqlstate == "22021";
}

Error QueryError(std::string_view message) {
  const MessageParts parts = TakeApart(message);
  return {CodeOfSqlState(parts.sqlstate), ToUtf8(parts.text)};
}

ConnectFailure ClassifyConnectFailure(std::string_view message) {
  const MessageParts parts = TakeApart(message);
  std::string text = ToUtf8(std::string(parts.before).append(parts.text));
  if (message.find("unsupported startup parameter") != message.npos) {
    return {DownReason::kOther, {ErrorCode::kRefused, std::move(text).append(kIsPooler)}};
  }
  if (!parts.sqlstate.empty()) {
    const auto* const row = FindPrefix(kReasons, parts.sqlstate);
    return {row != kReasons.end() ? row->reason : DownReason::kOther,
            {CodeOfSqlState(parts.sqlstate), std::move(text)}};
  }
  const auto* const row = std::find_if(kTexts.begin(), kTexts.end(), [&](const TextRow& each) {
    return message.find(each.part) != message.npos;
  });
  return row != kTexts.end()
             ? ConnectFailure{row->reason, {row->code, std::move(text)}}
             : ConnectFailure{DownReason::kConnect, {ErrorCode::kUnavailable, std::move(text)}};
}

}  // namespace hakem::exporter
