#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gotemplate/values/environment.h"
#include "gotemplate/values/value.h"
#include "model/result.h"

// The folder is not called `template`, because that is a keyword of C++.
namespace hakem::gotemplate {

struct SyntaxTree;

/// A text with actions in the language of Go's text/template, with `missingkey=zero`. Parsed once,
/// expanded often. Immutable, thread-safe, cheap to copy: copies share the text and what was
/// parsed. limits/limits.h says what it may cost.
///
/// Parsing and expanding recurse: both need a stack of known size (docs/decisions/016).
class Template {
 public:
  struct Options {
    /// Functions besides those that Go has; a later table overrides an earlier one. They must
    /// outlive the template.
    std::vector<std::span<const Function>> functions = {};
    /// Actions that are executed before the text, such as declarations of variables. The columns in
    /// error messages of an expansion count it, as Prometheus does. Requires: it is one line.
    std::string_view preamble = {};
  };

  /// Errors: kInvalidInput, `line:column: …` with the message of Go's parser.
  static Result<Template> Parse(std::string_view source, const Options& options);

  /// Makes a template from a text that Parse has refused with `error`. Expanding it fails with
  /// that.
  static Template Broken(std::string_view source, Error error);

  /// Why the text was refused; null for a template that Parse has made.
  const Error* mistake() const { return mistake_.get(); }

  /// Expands the template with `data` as its dot.
  /// Errors: kInvalidInput in the words of Go:
  /// `template: name:1:5: executing "name" at <.a.b>: can't evaluate field b in type string`.
  Result<std::string> Expand(const Value& data, const Environment& environment) const;

  /// Whether the text has no actions, so that it expands to itself with any data.
  bool is_constant() const { return tree_ == nullptr && mistake_ == nullptr; }

  /// The text that was parsed. Lives as long as any copy of the template.
  const std::string& source() const { return *source_; }

 private:
  Template(std::string_view source, std::size_t preamble_bytes,
           std::shared_ptr<const SyntaxTree> tree)
      : source_(std::make_shared<const std::string>(source)),
        preamble_bytes_(preamble_bytes),
        tree_(std::move(tree)) {}

  std::shared_ptr<const std::string> source_;  ///< Never null.
  std::size_t preamble_bytes_;
  std::shared_ptr<const SyntaxTree> tree_;  ///< Preamble and text; null without actions.
  std::shared_ptr<const Error> mistake_;
};

}  // namespace hakem::gotemplate
