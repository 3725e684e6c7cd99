#include "gotemplate/functions/prometheus.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "format/number.h"
#include "format/quote.h"
#include "format/url.h"
#include "gotemplate/functions/host_port.h"
#include "gotemplate/functions/humanize.h"
#include "gotemplate/limits/limits.h"
#include "gotemplate/text/letters.h"
#include "gotemplate/values/time_types.h"
#include "model/duration.h"

namespace hakem::gotemplate {

constinit const Type kSampleType{"template.sample", Kind::kStruct};
constinit const Type kSamplePointerType{"*template.sample", Kind::kPointer, &kSampleType};
constinit const Type kQueryResultType{"template.queryResult", Kind::kSlice, &kSamplePointerType};
constinit const Type kHtmlType{"template.HTML", Kind::kString};

namespace {

using Arguments = std::span<const Value>;

tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorCode::kInvalidInput, std::move(message));
}

/// What labels take as a value, in bytes that are copied: kLabelBytes and the texts of each.
std::size_t BytesOf(const Labels& labels) {
  constexpr std::size_t kLabelBytes = kBytesPerStep;
  std::size_t bytes = 0;
  for (const LabelView label : labels) {
    bytes += kLabelBytes + label.name.size() + label.value.size();
  }
  return bytes;
}

Value AsValue(const QuerySample& sample) {
  return Value::OfStruct(
      {{"Labels", Value::OfLabels(sample.labels)}, {"Value", Value::OfFloat(sample.value)}},
      kSamplePointerType);
}

Result<Value> Query(CallContext& context, Arguments arguments) {
  context.budget.Spend(kStepsPerQuery);
  if (!context.environment.query) {
    return Invalid("queries are not possible here");
  }
  const Result<std::vector<QuerySample>> samples = context.environment.query(arguments[0].text());
  if (!samples) {
    return Fail(samples.error());
  }
  Value::List list;
  for (const QuerySample& sample : *samples) {
    context.budget.SpendOnBytes(BytesOf(sample.labels));
    list.push_back(AsValue(sample));
  }
  return Value::OfList(std::move(list), kQueryResultType);
}

Result<Value> First(CallContext& /*context*/, Arguments arguments) {
  if (arguments[0].list().empty()) {
    return Invalid("first() called on vector with no elements");
  }
  return arguments[0].list().front();
}

/// Returns a label of a sample; null if it has none of that name.
Result<const Value*> FindLabel(const Value& sample, std::string_view label) {
  const Value* labels = sample.Find("Labels");
  if (labels == nullptr) {
    return Invalid("runtime error: invalid memory address or nil pointer dereference");
  }
  return labels->Find(label);
}

/// Returns a label of a sample, or "".
Result<Value> LabelOf(const Value& sample, std::string_view label) {
  return FindLabel(sample, label).transform([](const Value* value) {
    return value == nullptr ? Value::OfText("") : *value;
  });
}

Result<Value> Label(CallContext& /*context*/, Arguments arguments) {
  return LabelOf(arguments[1], arguments[0].text());
}

Result<Value> StringValue(CallContext& /*context*/, Arguments arguments) {
  return LabelOf(arguments[0], "__value__");
}

Result<Value> ValueOf(CallContext& /*context*/, Arguments arguments) {
  const Value* value = arguments[0].Find("Value");
  if (value == nullptr) {
    return Invalid("runtime error: invalid memory address or nil pointer dereference");
  }
  return *value;
}

/// Each sample is compared with about log2(count) others, up to the end of its label.
Result<Value> SortByLabel(CallContext& context, Arguments arguments) {
  constexpr std::size_t kComparisonBytes = 8;
  const std::string_view name = arguments[0].text();
  const std::span<const Value> samples = arguments[1].list();
  const auto comparisons = static_cast<std::size_t>(std::bit_width(samples.size()));
  std::vector<std::pair<std::string_view, const Value*>> keyed;
  for (const Value& sample : samples) {
    context.budget.SpendOnBytes(name.size());
    const Result<const Value*> label = FindLabel(sample, name);
    if (!label) {
      return Fail(label.error());
    }
    keyed.emplace_back(*label == nullptr ? std::string_view() : (*label)->text(), &sample);
    context.budget.SpendOnBytes(comparisons * (kComparisonBytes + keyed.back().first.size()));
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Value::List sorted;
  for (const auto& [label, sample] : keyed) {
    sorted.push_back(*sample);
  }
  return Value::OfList(std::move(sorted), kQueryResultType);
}

/// Puts the arguments into a map, as arg0, arg1, …
Result<Value> Args(CallContext& context, Arguments arguments) {
  Value::Entries entries;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    context.budget.Spend(1);
    entries.emplace_back(fmt::format("arg{}", i), arguments[i]);
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return Value::OfMap(std::move(entries));
}

Result<Value> Match(CallContext& context, Arguments arguments) {
  const std::string_view text = arguments[1].text();
  return context.regexes.Compile(arguments[0].text(), context.budget)
      .transform([&](const RegexSearch& search) {
        context.budget.SpendOnBytes(text.size() * search.match_steps());
        return Value::OfBool(search.Matches(text));
      });
}

/// The message of Go's panic at an invalid expression.
std::string DescribePanic(std::string_view pattern, std::string_view message) {
  const bool is_plain = pattern.find_first_of("`\n") == pattern.npos;
  return fmt::format("regexp: Compile({}): {}",
                     is_plain ? fmt::format("`{}`", pattern) : Quote(pattern), message);
}

Result<Value> ReplaceAll(CallContext& context, Arguments arguments) {
  const std::string_view pattern = arguments[0].text();
  const Result<RegexSearch> search = context.regexes.Compile(pattern, context.budget);
  if (!search) {
    const bool is_long = pattern.size() > kMaxRegexBytes;
    return Invalid(is_long ? search.error().message
                           : DescribePanic(pattern, search.error().message));
  }
  const auto spend = [&context, steps = search->replacement_steps()](std::size_t bytes) {
    context.budget.SpendOnBytes(bytes * steps);
  };
  return search
      ->ReplaceAll(arguments[2].text(), arguments[1].text(),
                   {.bytes = kMaxTextBytes, .work = kMaxReplaceWork, .before_search = spend})
      .transform([](RegexSearch::Replacement&& replaced) {
        return Value::OfText(std::move(replaced.text));
      });
}

/// A function of one text.
template <std::string (*kChange)(std::string_view)>
Result<Value> Changed(CallContext& /*context*/, Arguments arguments) {
  return Value::OfText(kChange(arguments[0].text()));
}

/// A function of a number in any form.
template <std::string (*kWrite)(double)>
Result<Value> Humanized(CallContext& /*context*/, Arguments arguments) {
  return ToFloat(arguments[0]).transform([](double number) {
    return Value::OfText(kWrite(number));
  });
}

Result<Value> HumanizeTimestamp(CallContext& /*context*/, Arguments arguments) {
  const Result<double> seconds = ToFloat(arguments[0]);
  if (!seconds) {
    return Fail(seconds.error());
  }
  if (!std::isfinite(*seconds)) {
    return Value::OfText(Humanize(*seconds));
  }
  return SecondsToTime(*seconds).transform(
      [](const Time& time) { return Value::OfText(PrintTime(time)); });
}

Result<Value> ToTime(CallContext& /*context*/, Arguments arguments) {
  return ToFloat(arguments[0]).and_then(SecondsToTime).transform([](const Time& time) {
    return Value::OfTime(time, kTimePointerType);
  });
}

Result<Value> ToDuration(CallContext& /*context*/, Arguments arguments) {
  const Result<double> seconds = ToFloat(arguments[0]);
  if (!seconds) {
    return Fail(seconds.error());
  }
  const double nanoseconds = *seconds * 1e9;
  if (!std::isfinite(*seconds)) {
    return Invalid("value is NaN or Inf");
  }
  if (nanoseconds >= 0x1p63 || nanoseconds < -0x1p63) {
    return Invalid(
        fmt::format("{} cannot be represented as a nanoseconds duration since it "
                    "overflows int64",
                    FormatNumber(*seconds, NumberForm::kGeneral)));
  }
  return Value::OfInt(static_cast<std::int64_t>(nanoseconds), kDurationPointerType);
}

Result<Value> Now(CallContext& context, Arguments /*arguments*/) {
  return Value::OfFloat(ToUnixSeconds(context.environment.now));
}

Result<Value> ParseSeconds(CallContext& /*context*/, Arguments arguments) {
  const std::string_view text = arguments[0].text();
  const Result<Duration> length = ParseDuration(text);
  if (!length) {
    return Invalid(text.empty() ? "empty duration string"
                                : fmt::format("not a valid duration string: {}", Quote(text)));
  }
  return Value::OfFloat(ToSeconds(*length));
}

Result<Value> ExternalUrl(CallContext& context, Arguments /*arguments*/) {
  return Value::OfText(context.environment.external_url);
}

Result<Value> PathPrefix(CallContext& context, Arguments /*arguments*/) {
  return Value::OfText(UrlPath(context.environment.external_url));
}

Result<Value> SafeHtml(CallContext& /*context*/, Arguments arguments) {
  return arguments[0].As(kHtmlType);
}

/// The page of Prometheus that shows an expression; tab 0 is the graph, 1 the table.
template <int kTab>
Result<Value> Link(CallContext& /*context*/, Arguments arguments) {
  return Value::OfText(
      fmt::format("/graph?g0.expr={}&g0.tab={}", EscapeUrlQuery(arguments[0].text()), kTab));
}

constexpr const Type* kAny[] = {nullptr};
constexpr const Type* kText[] = {&kStringType};
constexpr const Type* kTwoTexts[] = {&kStringType, &kStringType};
constexpr const Type* kThreeTexts[] = {&kStringType, &kStringType, &kStringType};
constexpr const Type* kSample[] = {&kSamplePointerType};
constexpr const Type* kTextAndSample[] = {&kStringType, &kSamplePointerType};
constexpr const Type* kSamples[] = {&kQueryResultType};
constexpr const Type* kTextAndSamples[] = {&kStringType, &kQueryResultType};

constexpr Function kFunctions[] = {
    {"args", kAny, true, Args},
    {"externalURL", {}, false, ExternalUrl},
    {"first", kSamples, false, First},
    {"graphLink", kText, false, Link<0>},
    {"humanize", kAny, false, Humanized<Humanize>},
    {"humanize1024", kAny, false, Humanized<Humanize1024>},
    {"humanizeDuration", kAny, false, Humanized<HumanizeDuration>},
    {"humanizePercentage", kAny, false, Humanized<HumanizePercentage>},
    {"humanizeTimestamp", kAny, false, HumanizeTimestamp},
    {"label", kTextAndSample, false, Label},
    {"match", kTwoTexts, false, Match},
    {"now", {}, false, Now},
    {"parseDuration", kText, false, ParseSeconds},
    {"pathPrefix", {}, false, PathPrefix},
    {"query", kText, false, Query},
    {"reReplaceAll", kThreeTexts, false, ReplaceAll},
    {"safeHtml", kText, false, SafeHtml},
    {"sortByLabel", kTextAndSamples, false, SortByLabel},
    {"stripDomain", kText, false, Changed<StripDomain>},
    {"stripPort", kText, false, Changed<StripPort>},
    {"strvalue", kSample, false, StringValue},
    {"tableLink", kText, false, Link<1>},
    {"title", kText, false, Changed<ToTitleCase>, Function::Form::kOrdinary, kTitleByteCost},
    {"toDuration", kAny, false, ToDuration},
    {"toLower", kText, false, Changed<ToLowerCase>, Function::Form::kOrdinary, kCaseByteCost},
    {"toTime", kAny, false, ToTime},
    {"toUpper", kText, false, Changed<ToUpperCase>, Function::Form::kOrdinary, kCaseByteCost},
    {"urlQueryEscape", kText, false, Changed<EscapeUrlQuery>},
    {"value", kSample, false, ValueOf},
};

}  // namespace

std::span<const Function> PrometheusFunctions() {
  return kFunctions;
}

}  // namespace hakem::gotemplate
