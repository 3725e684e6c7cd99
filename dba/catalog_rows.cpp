#include "dba/catalog_rows.h"

namespace hakem::dba {

using collectors::Rows;
using collectors::Session;

bool IsTrue(const Rows& rows, std::size_t row, std::size_t column) {
  return rows.Text(row, column) == "t";
}

std::string TextAt(const Rows& rows, std::size_t row, std::size_t column) {
  return std::string(rows.Text(row, column).value_or(""));
}

Result<std::vector<std::string>> ReadTexts(Session& session, std::string_view sql) {
  return session.Query(sql).transform([](const Rows& rows) {
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      texts.push_back(TextAt(rows, row, 0));
    }
    return texts;
  });
}

Result<Names> ReadNames(Session& session, std::string_view sql) {
  return ReadTexts(session, sql).transform([](const std::vector<std::string>& texts) {
    return Names(texts.begin(), texts.end());
  });
}

}  // namespace hakem::dba
