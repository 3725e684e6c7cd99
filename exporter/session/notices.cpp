#include "exporter/session/notices.h"

#include <libpq-fe.h>

#include <string>

#include "format/utf8.h"

namespace hakem::exporter {
namespace {

std::string_view Field(const PGresult* notice, int field) {
  const char* text = PQresultErrorField(notice, field);
  return text != nullptr ? text : "";
}

void Take(void* notices, const PGresult* notice) {
  if (notices != nullptr) {
    static_cast<Notices*>(notices)->Add(Field(notice, PG_DIAG_SEVERITY_NONLOCALIZED),
                                        Field(notice, PG_DIAG_SQLSTATE),
                                        Field(notice, PG_DIAG_MESSAGE_PRIMARY));
  }
}

}  // namespace

void Notices::Receive(pg_conn* connection, Notices* notices) {
  PQsetNoticeReceiver(connection, &Take, notices);
}

void Notices::Add(std::string_view severity, std::string_view sqlstate, std::string_view text) {
  if (left_ <= 0) {
    return;
  }
  if (--left_ == 0) {
    log_.Debug("the server sends more notices: they are dropped until the next round");
    return;
  }
  log_.Debug("notice of the server",
             {{"severity", severity},
              {"sqlstate", sqlstate},
              {"notice", ToUtf8(text.substr(0, text.find('\n')).substr(0, kLongest))}});
}

}  // namespace hakem::exporter
