#pragma once

#include "collectors/core/sql_collector.h"

namespace hakem::exporter {

/// Two collectors of the fast lane and one of the slow lane, each of one query `SELECT <name>` and
/// one family `<name>_value` without labels; `third` needs the extension pg_buffercache.
extern const collectors::CollectorSpec kFirstCollector;
extern const collectors::CollectorSpec kSecondCollector;
extern const collectors::CollectorSpec kThirdCollector;
extern const collectors::CollectorSpec kSlowCollector;

/// A collector of the slow lane that looks at each database.
extern const collectors::CollectorSpec kTablesCollector;

/// What their queries return.
collectors::Rows OneValue(std::string value);

}  // namespace hakem::exporter
