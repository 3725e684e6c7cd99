#include <memory>
#include <span>
#include <string>

#include "collectors/core/extension.h"
#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Gauge("buffers_used", "pg_buffercache_summary_buffers_used", "Buffers in use."),
    Gauge("buffers_unused", "pg_buffercache_summary_buffers_unused", "Buffers not in use."),
    Gauge("buffers_dirty", "pg_buffercache_summary_buffers_dirty", "Buffers not written yet."),
    Gauge("buffers_pinned", "pg_buffercache_summary_buffers_pinned",
          "Buffers that a backend is working on."),
    Gauge("usagecount_avg", "pg_buffercache_summary_usagecount_avg",
          "Average usage count of the buffers in use."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

/// Calls the extension's function with its schema; see InstalledExtension.
class BuffercacheSummaryCollector final : public Collector {
 public:
  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    auto collected = extension_.Find(context.session).and_then([&](const ExtensionFacts& facts) {
      sql_ = "SELECT * FROM " + facts.schema + ".pg_buffercache_summary()";
      query_ = {.sql = sql_, .values = kValues};
      return MakeSqlCollector(std::span(&query_, 1))->Collect(context, sink);
    });
    if (!collected) {
      extension_.Invalidate();
    }
    return collected;
  }

 private:
  InstalledExtension extension_{"pg_buffercache"};
  std::string sql_;
  SqlQuery query_;
};

}  // namespace

extern const CollectorSpec buffercache_summary;
constinit const CollectorSpec buffercache_summary{
    .name = "buffercache_summary",
    .help = "How the buffer cache is used.",
    .enabled_by_default = false,
    .lane = Lane::kSlow,
    .priority = Priority::kOptional,
    .requirements = {.min_version = 160000, .extension = "pg_buffercache"},
    .families = kFamilies,
    .make = [](const CollectorOptions&) -> std::unique_ptr<Collector> {
      return std::make_unique<BuffercacheSummaryCollector>();
    }};

}  // namespace hakem::collectors
