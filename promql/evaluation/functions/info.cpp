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

#include "promql/evaluation/functions/function_call.h"
#include "promql/evaluation/functions/functions.h"
#include "promql/evaluation/selectors.h"
#include "promql/syntax/printer.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

constexpr std::string_view kDefaultInfo = "target_info";
constexpr std::string_view kAnyInfo = ".+_info";

/// The labels by which series and info metrics are joined.
const std::vector<std::string>& IdentifyingLabels() {
  static const std::vector<std::string> labels{"instance", "job"};
  return labels;
}

/// Selects info metrics, and which of their labels are added.
struct InfoSelection {
  std::vector<Matcher> names;  ///< Matchers of the metric name; at least one.
  std::vector<Matcher> labels;

  bool Wants(std::string_view label) const {
    return labels.empty() || std::any_of(labels.begin(), labels.end(),
                                         [&](const Matcher& m) { return m.name() == label; });
  }

  /// Whether a series without any info metric satisfies the matchers.
  bool AllowsNothing() const {
    return std::all_of(labels.begin(), labels.end(),
                       [](const Matcher& m) { return m.Matches(""); });
  }
};

Matcher NameMatcher(MatchOp op, std::string_view value) {
  return *Matcher::Make(kMetricNameLabel, op, value);
}

bool IsPositive(const Matcher& matcher) {
  return matcher.op() == MatchOp::kEqual || matcher.op() == MatchOp::kRegex;
}

InfoSelection ReadSelection(const FunctionCall& call) {
  InfoSelection selection;
  if (call.size() > 1) {
    for (const Matcher& matcher : std::get<VectorSelector>(call.Argument(1).node).matchers) {
      (matcher.name() == kMetricNameLabel ? selection.names : selection.labels).push_back(matcher);
    }
  }
  std::vector<Matcher>& names = selection.names;
  if (names.empty()) {
    names.push_back(NameMatcher(MatchOp::kEqual, kDefaultInfo));
  } else if (std::none_of(names.begin(), names.end(), IsPositive)) {
    // Purely negative matchers must not turn all other metrics into info metrics.
    names.insert(names.begin(), NameMatcher(MatchOp::kRegex, kAnyInfo));
  }
  return selection;
}

/// The time that a selector reads: an offset before a fixed time, or before each step.
struct Reference {
  std::optional<Timestamp> at;
  Duration offset{0};

  bool operator==(const Reference& other) const {
    return at && other.at ? *at - offset == *other.at - other.offset
                          : !at && !other.at && offset == other.offset;
  }
};

/// Finds the one time that all selectors of an expression's elements read.
class ReferenceFinder {
 public:
  explicit ReferenceFinder(const QueryContext& context) : context_(context) {}

  /// Returns nothing when the selectors read different times, or when some elements do not come
  /// from a selector: those belong to each step.
  std::optional<Reference> Find(const Expr& expr) {
    Visit(expr);
    return uniform_ ? found_ : std::nullopt;
  }

 private:
  /// Returns whether the expression has elements that come from a selector.
  bool Visit(const Expr& expr) {
    if (const ValueType type = expr.type();
        type != ValueType::kVector && type != ValueType::kMatrix) {
      return false;
    }
    const bool selects =
        std::visit([this](const auto& node) { return VisitNode(node); }, expr.node);
    uniform_ = uniform_ && selects;
    return selects;
  }

  bool VisitNode(const VectorSelector& selector) { return Add(selector.shift); }

  bool VisitNode(const MatrixSelector& matrix) { return Add(matrix.shift); }

  bool VisitNode(const Subquery& subquery) {
    enclosing_.push_back(&subquery.shift);
    const bool selects = Visit(*subquery.expr);
    enclosing_.pop_back();
    return selects;
  }

  bool VisitNode(const Paren& paren) { return Visit(*paren.expr); }

  bool VisitNode(const Unary& unary) { return Visit(*unary.expr); }

  bool VisitNode(const Binary& binary) {
    const bool left = Visit(*binary.lhs);
    const bool right = Visit(*binary.rhs);
    return left || right;
  }

  bool VisitNode(const Call& call) {
    bool selects = false;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      const bool selects_labels = i == 1 && call.function->selects_labels;
      selects = (!selects_labels && Visit(*call.arguments[i])) || selects;
    }
    return selects;
  }

  bool VisitNode(const Aggregate& aggregate) { return Visit(*aggregate.expr); }

  template <typename Literal>
  bool VisitNode(const Literal&) {
    return false;
  }

  /// Adds a subquery's shift to the time, unless that is fixed already.
  bool Add(const TimeShift& shift) {
    Reference reference;
    Move(reference, shift);
    for (auto outer = enclosing_.rbegin(); outer != enclosing_.rend() && !reference.at; ++outer) {
      Move(reference, **outer);
    }
    uniform_ = uniform_ && (!found_ || *found_ == reference);
    found_ = found_.value_or(reference);
    return true;
  }

  void Move(Reference& reference, const TimeShift& shift) const {
    if (shift.at) {
      reference.at = Resolve(*shift.at, context_);
    }
    if (shift.offset) {
      reference.offset += Evaluate(*shift.offset, context_.times(), Sign::kAny);
    }
  }

  const QueryContext& context_;
  std::vector<const TimeShift*>
      enclosing_;  ///< Shifts of the enclosing subqueries, outermost first.
  std::optional<Reference> found_;
  bool uniform_ = true;
};

/// Returns the time at which the info metrics of an expression are read.
TimeShift InfoShift(const Expr& expr, const QueryContext& context) {
  TimeShift shift;
  if (const std::optional<Reference> reference = ReferenceFinder(context).Find(expr)) {
    if (reference->at) {
      shift.at = *reference->at;
    }
    shift.offset = reference->offset;
  }
  return shift;
}

/// Adds the labels of info metrics to series with the same identity.
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
  using Metrics = std::map<std::string, Infos>;  ///< By metric name.

  static Labels IdentityOf(const Labels& labels) { return labels.Only(IdentifyingLabels()); }

  bool IsInfo(const StepSeries& series) const {
    return std::all_of(selection_.names.begin(), selection_.names.end(),
                       [&](const Matcher& m) { return m.Matches(series.labels); });
  }

  /// Reads the info metrics of the present identities. Their values are the samples' times.
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
        {}, selection_.names, InfoShift(call_.Argument(0), call_.evaluator().context())};
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

  /// Returns the info series that apply at a step: the newest one of each metric.
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
    ThrowQueryError(
        ErrorCode::kInvalidInput,
        fmt::format("found duplicate series for info metric: existing {} @ {}, new {} @ {}",
                    PrintLabels(first.labels), milliseconds(first), PrintLabels(second.labels),
                    milliseconds(second)));
  }

  /// Returns the labels that the info series add to a series.
  Labels Enriched(const Labels& labels, const Infos& infos) const {
    Labels enriched = labels;
    for (const StepSeries* info : infos) {
      for (const LabelView label : info->labels.WithoutName()) {
        if (!selection_.Wants(label.name) || labels.Has(label.name)) {
          continue;
        }
        if (enriched.Has(label.name) && enriched.Get(label.name) != label.value) {
          ThrowQueryError(ErrorCode::kInvalidInput,
                          fmt::format("conflicting label: {}", label.name));
        }
        enriched = enriched.With(label.name, label.value);
      }
    }
    return enriched;
  }

  /// Returns the row with the labels of the series plus those of these infos. `rows`: the rows that
  /// the series already has.
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

/// info(v, {selector}): adds the labels of info metrics, such as target_info, to the series of the
/// same target.
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
                                             .reads_time = true,
                                             .works_on_labels = true,
                                             .selects_labels = true,
                                             .availability = Availability::kExperimental}};

}  // namespace

const FunctionFamily kInfoFunctions{kFunctions};

}  // namespace hakem::promql
