#pragma once

#include <string>
#include <string_view>

#include "gotemplate/template.h"
#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"

namespace hakem::rules {

/// Parses the template of an alert's label or annotation. It may use `$labels`, `$value`,
/// `$externalLabels` and `$externalURL`, and the functions of Prometheus.
/// Errors: kInvalidInput: `line:column: …`.
Result<gotemplate::Template> ParseAlertTemplate(std::string_view text);

/// What the templates of all alerts have in common.
struct TemplateContext {
  Labels external_labels = {};
  std::string external_url = {};
  gotemplate::Environment::Query query = {};  ///< If empty, the function `query` fails.
  Timestamp now{};
};

/// Expands the labels and annotations of one element of a rule's result.
class AlertExpander {
 public:
  /// `alert`: the name of the rule.
  AlertExpander(std::string_view alert, const Labels& labels, double value,
                const TemplateContext& context);
  AlertExpander(const AlertExpander&) = delete;
  AlertExpander& operator=(const AlertExpander&) = delete;
  ~AlertExpander() = default;

  /// Returns the expanded text of an annotation. If that fails, returns
  /// `<error expanding template: …>` in its place, as Prometheus does, so that a mistake in a text
  /// does not prevent an alert. The same happens when the time for the rule is over; other
  /// interruptions are thrown.
  std::string Expand(const gotemplate::Template& text) const;

  /// Returns the expanded text of a label. Unlike Expand, it throws Interrupted also when the time
  /// for the rule is over: a label with another text would make another alert.
  std::string ExpandLabel(const gotemplate::Template& text) const;

 private:
  std::string ErrorText(std::string_view error) const;

  const std::string name_;
  const gotemplate::Environment environment_;
  const gotemplate::Value data_;
};

}  // namespace hakem::rules
