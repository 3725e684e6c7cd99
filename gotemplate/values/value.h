#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gotemplate/limits/budget.h"
#include "gotemplate/values/environment.h"
#include "gotemplate/values/regex_cache.h"
#include "gotemplate/values/time.h"
#include "model/result.h"

namespace hakem::gotemplate {

class Value;

/// Go's kinds of types, as far as templates meet them.
enum class Kind {
  kNone,  ///< The kind of a value that is absent: Go's untyped nil.
  kBool,
  kInt,
  kUint,
  kFloat,
  kComplex,
  kString,
  kSlice,
  kMap,
  kStruct,
  kPointer,
  kFunction,
};

/// What a function or method gets besides its arguments.
struct CallContext {
  const Environment& environment;
  Budget& budget;
  RegexCache& regexes;
};

struct Type;

/// A function or method that templates can call: one row of a table.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): rows are written in this order.
struct Function {
  /// How the arguments are evaluated.
  enum class Form {
    kOrdinary,  ///< All of them, then `call` is called.
    kAnd,       ///< Up to the first false one, which is the result.
    kOr,        ///< Up to the first true one, which is the result.
    kCall,      ///< All of them; the first one is the function to be called with the others.
  };

  std::string_view name;
  /// The types of the parameters; null stands for any type. A method's receiver is not among them.
  std::span<const Type* const> parameters = {};
  bool is_variadic = false;  ///< Whether the last parameter may occur any number of times.
  /// `arguments`: as many as there are parameters, or, if variadic, at least one less. A method
  /// gets its receiver as an additional first one. May throw LimitExceeded. Errors: any code; the
  /// message becomes `error calling name: message`.
  Result<Value> (*call)(CallContext& context, std::span<const Value> arguments) = nullptr;
  Form form = Form::kOrdinary;
  /// What a byte of the arguments' texts costs, in bytes that are only copied.
  std::size_t byte_cost = 1;
};

/// A type of Go: its name in messages, and the behaviour of its values. Types are constants; new
/// ones can be added anywhere, with methods, without changing the engine.
struct Type {
  std::string_view name;  ///< As `%T` prints it: `map[string]string`.
  Kind kind;
  /// For pointers, lists and maps, the type of what they hold; null stands for any type.
  const Type* element = nullptr;
  std::span<const Function> methods = {};
  /// The method String, which printing uses; null if there is none.
  std::string (*to_string)(const Value& value) = nullptr;
  /// For a type that is only a name for another one and may be passed for it; else null.
  const Type* underlying = nullptr;
};

/// The type of a missing entry of a map that may hold any value.
inline constexpr Type kAnyType{"interface {}", Kind::kNone};
inline constexpr Type kBoolType{"bool", Kind::kBool};
inline constexpr Type kIntType{"int", Kind::kInt};
inline constexpr Type kInt64Type{"int64", Kind::kInt};
inline constexpr Type kByteType{"uint8", Kind::kUint};
inline constexpr Type kFloatType{"float64", Kind::kFloat};
inline constexpr Type kComplexType{"complex128", Kind::kComplex};
inline constexpr Type kStringType{"string", Kind::kString};
inline constexpr Type kFunctionType{"func", Kind::kFunction};
inline constexpr Type kStringMapType{"map[string]string", Kind::kMap, &kStringType};
inline constexpr Type kAnyMapType{"map[string]interface {}", Kind::kMap};
inline constexpr Type kStringListType{"[]string", Kind::kSlice, &kStringType};
inline constexpr Type kAnyListType{"[]interface {}", Kind::kSlice};

/// A value in a template: data with its Go type. Immutable and cheap to copy, because copies share
/// texts, lists and maps. Thread-safe.
class Value {
 public:
  using List = std::vector<Value>;
  /// A key or field name and its value.
  using Entry = std::pair<std::string, Value>;
  /// Sorted by key for a map; in the order of declaration for a struct.
  using Entries = std::vector<Entry>;

  /// No value.
  Value() = default;

  static Value OfBool(bool value) { return {&kBoolType, value}; }

  static Value OfInt(std::int64_t value, const Type& type = kIntType) { return {&type, value}; }

  static Value OfFloat(double value) { return {&kFloatType, value}; }

  static Value OfComplex(std::complex<double> value) { return {&kComplexType, value}; }

  static Value OfText(std::string text, const Type& type = kStringType);
  static Value OfList(List list, const Type& type = kAnyListType);
  /// Requires: `entries` are sorted by key, and keys are unique.
  static Value OfMap(Entries entries, const Type& type = kAnyMapType);
  static Value OfStruct(Entries fields, const Type& type);

  /// `type`: kTimeType or kTimePointerType.
  static Value OfTime(const Time& time, const Type& type) { return {&type, time}; }

  /// `function` must outlive the value. Requires: it has a `call`, as all but `and`, `or` and
  /// `call`.
  static Value OfFunction(const Function& function);

  /// A nil of a type that has one. Requires: a pointer, list, map or function.
  static Value NilOf(const Type& type);
  /// What Go calls the zero of the type: 0, "", false, nil. For any type (null) it is no value, but
  /// its type is kAnyType.
  static Value ZeroOf(const Type* type);
  /// The labels as a map[string]string.
  static Value OfLabels(const Labels& labels, const Type& type = kStringMapType);

  /// Null or kAnyType if there is no value.
  const Type* type() const { return type_; }

  Kind kind() const { return type_ == nullptr ? Kind::kNone : type_->kind; }

  /// The name of the type; `<nil>` if there is no value.
  std::string_view type_name() const { return has_value() ? type_->name : "<nil>"; }

  bool has_value() const { return kind() != Kind::kNone; }

  /// Whether there is no value, or a nil of its type.
  bool is_nil() const { return std::holds_alternative<std::monostate>(data_); }

  // Each requires the kind that its result says; lists, maps and texts may be nil and are empty
  // then.
  bool boolean() const { return std::get<bool>(data_); }

  std::int64_t integer() const { return std::get<std::int64_t>(data_); }

  double real() const { return std::get<double>(data_); }

  std::complex<double> complex() const { return std::get<std::complex<double>>(data_); }

  std::string_view text() const;
  std::span<const Value> list() const;
  /// The entries of a map, or the fields of a struct or of a pointer to one.
  std::span<const Entry> entries() const;

  const Time& time() const { return std::get<Time>(data_); }

  const Function& function() const { return *std::get<const Function*>(data_); }

  /// Returns the entry or field of that name; null if there is none.
  const Value* Find(std::string_view name) const;

  /// Returns what a pointer points to, or the value itself. Requires: not a nil pointer.
  Value Indirect() const;

  /// Returns the same data with another type of the same representation.
  Value As(const Type& type) const;

  /// Returns the method of the type or, for a pointer, of what it points to; null if there is none.
  const Function* FindMethod(std::string_view name) const;

  /// Whether `if` takes it for true: not the zero of its type. Structs and pointers are true.
  bool IsTrue() const;

  /// Whether both are the same object in memory, as equal pointers are.
  bool IsSameObject(const Value& other) const;

  /// How many lists and maps are nested in it: 0 for a text, 1 for a list of texts.
  int depth() const;

 private:
  struct ListData {
    List items;
    int depth;
  };

  struct EntriesData {
    Entries items;
    int depth;
  };

  using Data = std::variant<std::monostate, bool, std::int64_t, double, std::complex<double>,
                            std::shared_ptr<const std::string>, std::shared_ptr<const ListData>,
                            std::shared_ptr<const EntriesData>, Time, const Function*>;

  Value(const Type* type, Data data) : type_(type), data_(std::move(data)) {}

  const Type* type_ = nullptr;
  Data data_;
};

}  // namespace hakem::gotemplate
