#include "rules/group_metrics.h"

#include <fmt/format.h>

#include <array>
#include <numeric>

#include "rules/evaluation/rule_metrics.h"

namespace hakem::rules {
namespace {

/// The metrics about a group that are 0 before its first evaluation. Like kRules and kInterval,
/// they are about this group only.
constexpr std::array<const Instrument*, 10> kFromTheStart{
    &kEvaluations, &kEvaluationFailures, &kHakemEvaluations, &kHakemEvaluationFailures,
    &kIterations,  &kIterationsMissed,   &kLastDuration,     &kLastEvaluation,
    &kLastSamples, &kLastRuleDurationSum};

}  // namespace

GroupMetrics::GroupMetrics(const RuleGroup& group, Duration interval, Instruments& instruments)
    : key_(fmt::format("{};{}", group.file, group.name)), instruments_(instruments) {
  instruments_.Observe(kEvaluationDuration, {}, {});
  instruments_.Observe(kGroupDuration, {}, {});
  for (const Instrument* instrument : kFromTheStart) {
    instruments_.Add(*instrument, {key_}, 0);
  }
  instruments_.Set(kRules, {key_}, static_cast<double>(group.rules.size()));
  instruments_.Set(kInterval, {key_}, ToSeconds(interval));
}

void GroupMetrics::Count(const EvaluationTotals& totals, Timestamp time, Seconds duration) const {
  const auto rules = static_cast<double>(totals.durations.size());
  const auto failures = static_cast<double>(totals.failures);
  instruments_.Add(kEvaluations, {key_}, rules);
  instruments_.Add(kHakemEvaluations, {key_}, rules);
  instruments_.Add(kEvaluationFailures, {key_}, failures);
  instruments_.Add(kHakemEvaluationFailures, {key_}, failures);
  instruments_.Add(kIterations, {key_});
  instruments_.Observe(kEvaluationDuration, {}, totals.durations);
  const double seconds = duration.count();
  instruments_.Observe(kGroupDuration, {}, std::span(&seconds, 1));
  instruments_.Set(kLastDuration, {key_}, seconds);
  instruments_.Set(kLastRuleDurationSum, {key_},
                   std::accumulate(totals.durations.begin(), totals.durations.end(), 0.0));
  instruments_.Set(kLastSamples, {key_}, static_cast<double>(totals.samples));
  instruments_.Set(kLastEvaluation, {key_}, ToUnixSeconds(time));
}

void GroupMetrics::CountMissed(std::int64_t count) const {
  instruments_.Add(kIterations, {key_}, static_cast<double>(count));
  instruments_.Add(kIterationsMissed, {key_}, static_cast<double>(count));
}

void GroupMetrics::SetInputMissing(std::string_view rule, bool is_missing) const {
  instruments_.Set(kInputMissing, {key_, rule}, is_missing ? 1 : 0);
}

void GroupMetrics::SetRestoreDuration(Seconds duration) const {
  instruments_.Set(kLastRestoreDuration, {key_}, duration.count());
}

void GroupMetrics::RemoveRules(std::span<const std::string> names) const {
  for (const std::string& name : names) {
    instruments_.Remove(kInputMissing, {key_, name});
  }
}

void GroupMetrics::Remove(const std::vector<Rule>& rules) const {
  for (const Instrument* instrument : kFromTheStart) {
    instruments_.Remove(*instrument, {key_});
  }
  for (const Instrument* instrument : {&kRules, &kInterval, &kLastRestoreDuration}) {
    instruments_.Remove(*instrument, {key_});
  }
  for (const Rule& rule : rules) {
    instruments_.Remove(kInputMissing, {key_, NameOf(rule)});
  }
}

}  // namespace hakem::rules
