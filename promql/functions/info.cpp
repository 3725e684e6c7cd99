#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "promql/abandon.h"
#include "promql/evaluation/selectors.h"
#include "promql/functions/function_call.h"
#include "promql/functions/functions.h"
#include "promql/syntax/printer.h"

namespace hakem::promql {
namespace {

constexpr std::string_view kDefaultInfo = "target_info";

/// By these a series finds the info metrics that tell of it.
const std::vector<std::string>& IdentifyingLabels() {
  static const std::vector<std::string> kLabels{"instance", "job"};
  return kLabels;
}

/// Which info metrics are meant, and which of their labels.
struct InfoSelection {
  std::vector<Matcher> names;  ///< Of the metric. Empty: not told.
  std::vector<Matcher> labels;

  bool Wants(std::string_view label) const {
    return labels.empty() || std::any_of(labels.begin(), labels.end(),
                                         [&](const Matcher& m) { return m.name() == label; });
  }

  /// Whether a series of which nothing is told satisfies the matchers.
  bool AllowsNothing() const {
    return std::all_of(labels.begin(), labels.end(),
                       [](const Matcher& m) { return m.Matches(""); });
  }
};

InfoSelection ReadSelection(const FunctionCall& call) {
  InfoSelection selection;
  if (call.size() < 2) {
    selection.names.push_back(*Matcher::Make(kMetricNameLabel, MatchOp::kEqual, kDefaultInfo));
    return selection;
  }
  for (const Matcher& matcher : std::get<VectorSelector>(call.Argument(1).node).matchers) {
    (matcher.name() == kMetricNameLabel ? selection.names : selection.labels).push_back(matcher);
  }
  return selection;
}

/// The shift of the first selector in an expression: what is told is of its time.
struct FirstShift {
  std::optional<TimeShift> operator()(const VectorSelector& selector) const {
    return selector.shift;
  }

  std::optional<TimeShift> operator()(const MatrixSelector& matrix) const { return matrix.shift; }

  std::optional<TimeShift> operator()(const Subquery& subquery) const { return Of(*subquery.expr); }

  std::optional<TimeShift> operator()(const Paren& paren) const { return Of(*paren.expr); }

  std::optional<TimeShift> operator()(const Unary& unary) const { return Of(*unary.expr); }

  std::optional<TimeShift> operator()(const Binary& binary) const {
    std::optional<TimeShift> left = Of(*binary.lhs);
    return left ? left : Of(*binary.rhs);
  }

  std::optional<TimeShift> operator()(const Call& call) const {
    for (const ExprPtr& argument : call.arguments) {
      if (std::optional<TimeShift> shift = Of(*argument)) {
        return shift;
      }
    }
    return std::nullopt;
  }

  std::optional<TimeShift> operator()(const Aggregate& aggregate) const {
    return Of(*aggregate.expr);
  }

  template <typename Literal>
  std::optional<TimeShift> operator()(const Literal&) const {
    return std::nullopt;
  }

  static std::optional<TimeShift> Of(const Expr& expr) {
    return std::visit(FirstShift{}, expr.node);
  }
};

/// Adds to series the labels of info metrics with the same identity.
class InfoJoin {
 public:
  InfoJoin(FunctionCall& call, InfoSelection selection, const StepVector& base)
      : call_(call), selection_(std::move(selection)), base_(base) {}

  StepVector Run() {
    SelectInfos();
    for (const StepSeries& series : base_) {
      call_.evaluator().context().CheckRunning();
      const Metrics metrics = IsInfo(series) ? Metrics{} : MetricsOf(series.labels);
      const bool may_lack = IsInfo(series) || selection_.AllowsNothing();
      std::map<Infos, std::size_t> rows;
      for (std::size_t step = 0; step < series.values.size(); ++step) {
        if (IsGap(series.values[step])) {
          continue;
        }
        Infos infos = InfosAt(metrics, step);
        if (may_lack || !infos.empty()) {
          RowOf(series, std::move(infos), rows).values[step] = series.values[step];
        }
      }
    }
    MergeSameLabels(result_);
    return std::move(result_);
  }

 private:
  using Infos = std::vector<const StepSeries*>;
  using Metrics = std::map<std::string, Infos>;  ///< By name.

  static Labels IdentityOf(const Labels& labels) { return labels.Only(IdentifyingLabels()); }

  bool IsInfo(const StepSeries& series) const {
    return !selection_.names.empty() &&
           std::all_of(selection_.names.begin(), selection_.names.end(),
                       [&](const Matcher& m) { return m.Matches(series.labels); });
  }

  /// Reads the info metrics of the identities at hand; their values are the times of the samples.
  void SelectInfos() {
    std::map<std::string, std::set<std::string>> wanted;
    for (const StepSeries& series : base_) {
      for (const LabelView label : IsInfo(series) ? Labels{} : IdentityOf(series.labels)) {
        wanted[std::string(label.name)].emplace(label.value);
      }
    }
    if (wanted.empty()) {
      return;
    }
    VectorSelector selector{
        {}, selection_.names, FirstShift::Of(call_.Argument(0)).value_or(TimeShift{})};
    if (selector.matchers.empty()) {
      selector.matchers.push_back(*Matcher::Make(kMetricNameLabel, MatchOp::kEqual, kDefaultInfo));
    }
    selector.matchers.insert(selector.matchers.end(), selection_.labels.begin(),
                             selection_.labels.end());
    infos_ =
        SelectInstant(selector, call_.steps(), SampleField::kTime, call_.evaluator().context());
    std::erase_if(infos_, [&](const StepSeries& info) {
      return !std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
        return label.second.contains(std::string(info.labels.Get(label.first)));
      });
    });
    call_.evaluator().samples().AddFound(infos_);
    for (const StepSeries& info : infos_) {
      by_identity_[IdentityOf(info.labels)][std::string(info.labels.metric_name())].push_back(
          &info);
    }
  }

  Metrics MetricsOf(const Labels& labels) const {
    const auto metrics = by_identity_.find(IdentityOf(labels));
    return metrics == by_identity_.end() ? Metrics{} : metrics->second;
  }

  /// The series that tell at a step, one a metric: the newest.
  static Infos InfosAt(const Metrics& metrics, std::size_t step) {
    Infos infos;
    for (const auto& [name, candidates] : metrics) {
      const StepSeries* newest = nullptr;
      for (const StepSeries* info : candidates) {
        if (IsGap(info->values[step])) {
          continue;
        }
        if (newest != nullptr && newest->values[step] == info->values[step]) {
          RefuseDuplicate(*newest, *info, step);
        }
        newest = newest == nullptr || newest->values[step] < info->values[step] ? info : newest;
      }
      if (newest != nullptr) {
        infos.push_back(newest);
      }
    }
    return infos;
  }

  [[noreturn]] static void RefuseDuplicate(const StepSeries& first, const StepSeries& second,
                                           std::size_t step) {
    const auto milliseconds = [&](const StepSeries& info) {
      return std::llround(info.values[step] * 1000);
    };
    Abandon(ErrorCode::kInvalidInput,
            fmt::format("found duplicate series for info metric: existing {} @ {}, new {} @ {}",
                        PrintLabels(first.labels), milliseconds(first), PrintLabels(second.labels),
                        milliseconds(second)));
  }

  /// The labels that the info series add to those of a series.
  Labels Enriched(const Labels& labels, const Infos& infos) const {
    Labels enriched = labels;
    for (const StepSeries* info : infos) {
      for (const LabelView label : info->labels.WithoutName()) {
        if (!selection_.Wants(label.name) || labels.Has(label.name)) {
          continue;
        }
        if (enriched.Has(label.name) && enriched.Get(label.name) != label.value) {
          Abandon(ErrorCode::kInvalidInput, fmt::format("conflicting label: {}", label.name));
        }
        enriched = enriched.With(label.name, label.value);
      }
    }
    return enriched;
  }

  /// The row with the labels of the series and what these infos tell. `rows`: those that the series
  /// has already.
  StepSeries& RowOf(const StepSeries& series, Infos infos, std::map<Infos, std::size_t>& rows) {
    const auto [row, added] = rows.try_emplace(std::move(infos), result_.size());
    if (added) {
      call_.evaluator().context().CheckRoom(result_.size() + 1, series.values.size());
      result_.push_back({Enriched(series.labels, row->first), series.drop_name,
                         StepRow(series.values.size(), kGap)});
    }
    return result_[row->second];
  }

  FunctionCall& call_;
  const InfoSelection selection_;
  const StepVector& base_;
  StepVector infos_;
  std::unordered_map<Labels, Metrics, LabelsHash> by_identity_;
  StepVector result_;
};

/// info(v, {selector}): the labels of info metrics, such as target_info, added to the series that
/// they tell of.
StepValue Info(FunctionCall& call) {
  const StepVector base = call.Vector(0);
  return InfoJoin(call, ReadSelection(call), base).Run();
}

using enum ValueType;

constexpr std::array kFunctions{FunctionSpec{.name = "info",
                                             .arguments = {kVector, kVector},
                                             .optional = 1,
                                             .result = kVector,
                                             .evaluate = Info,
                                             .works_on_labels = true,
                                             .selects_labels = true,
                                             .availability = Availability::kExperimental}};

}  // namespace

const FunctionFamily kInfoFunctions{kFunctions};

}  // namespace hakem::promql
