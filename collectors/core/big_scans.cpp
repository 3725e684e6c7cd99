#include "collectors/core/big_scans.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hakem::collectors {
namespace {

constexpr std::string_view kScan = "Seq Scan on ";

/// Returns `text` up to the first space outside double quotes.
std::string_view FirstName(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == ' ' && !quoted) {
      return text.substr(0, i);
    }
  }
  return text;
}

// SET LOCAL ends with the transaction, which contains all statements of one message.
Result<Rows> Explain(Session& session, std::string_view types, std::string_view sql,
                     std::string_view arguments) {
  const std::string call = arguments.empty() ? "" : fmt::format("({})", arguments);
  auto prepared = session.Query(fmt::format("PREPARE hakem_big_scans{} AS {}", types, sql));
  if (!prepared) {
    return prepared;
  }
  auto plan =
      session.Query(fmt::format("SET LOCAL enable_seqscan = off; "
                                "EXPLAIN (VERBOSE, COSTS OFF) EXECUTE hakem_big_scans{}",
                                call));
  auto dropped = session.Query("DEALLOCATE hakem_big_scans");
  return dropped || !plan ? plan : dropped;
}

std::string SizesSql(const std::vector<std::string>& relations) {
  std::vector<std::string> literals;
  for (const std::string& relation : relations) {
    literals.push_back(QuoteLiteral(relation));
  }
  return fmt::format(
      R"(SELECT space.nspname AS schema, whole.relname AS table, max(pg_relation_size(part)) AS bytes
FROM unnest(ARRAY[{}]::regclass[]) AS part
JOIN pg_class AS whole ON whole.oid = coalesce(pg_partition_root(part), part)
JOIN pg_namespace AS space ON space.oid = whole.relnamespace
GROUP BY 1, 2
ORDER BY 1, 2)",
      fmt::join(literals, ", "));
}

}  // namespace

std::vector<std::string> ScannedRelations(const Rows& plan) {
  std::vector<std::string> relations;
  for (std::size_t row = 0; row < plan.size(); ++row) {
    const std::string_view line = plan.Text(row, 0).value_or("");
    const std::size_t at = line.find(kScan);
    if (at == std::string_view::npos) {
      continue;
    }
    std::string name(FirstName(line.substr(at + kScan.size())));
    if (std::find(relations.begin(), relations.end(), name) == relations.end()) {
      relations.push_back(std::move(name));
    }
  }
  return relations;
}

Result<std::vector<BigScan>> FindBigScans(Session& session, std::string_view types,
                                          std::string_view sql, std::string_view arguments,
                                          std::int64_t big) {
  const auto plan = Explain(session, types, sql, arguments);
  if (!plan) {
    return Fail(plan.error());
  }
  const std::vector<std::string> relations = ScannedRelations(*plan);
  if (relations.empty()) {
    return std::vector<BigScan>{};
  }
  const auto sizes = session.Query(SizesSql(relations));
  if (!sizes) {
    return Fail(sizes.error());
  }
  std::vector<BigScan> scans;
  for (std::size_t row = 0; row < sizes->size(); ++row) {
    const auto bytes = static_cast<std::int64_t>(sizes->Number(row, 2).value_or(0));
    if (bytes > big) {
      scans.push_back({std::string(sizes->Text(row, 0).value_or("")),
                       std::string(sizes->Text(row, 1).value_or("")), bytes});
    }
  }
  return scans;
}

}  // namespace hakem::collectors
