#include "gotemplate/values/value.h"

#include <algorithm>

#include "model/check.h"

namespace hakem::gotemplate {
namespace {

const Value& ValueOf(const Value& item) {
  return item;
}

const Value& ValueOf(const Value::Entry& entry) {
  return entry.second;
}

template <typename Items>
int DepthOf(const Items& items) {
  int deepest = 0;
  for (const auto& item : items) {
    deepest = std::max(deepest, ValueOf(item).depth());
  }
  return deepest + 1;
}

}  // namespace

Value Value::OfText(std::string text, const Type& type) {
  return {&type, std::make_shared<const std::string>(std::move(text))};
}

Value Value::OfList(List list, const Type& type) {
  const int depth = DepthOf(list);
  return {&type, std::make_shared<const ListData>(ListData{std::move(list), depth})};
}

Value Value::OfMap(Entries entries, const Type& type) {
  const int depth = DepthOf(entries);
  return {&type, std::make_shared<const EntriesData>(EntriesData{std::move(entries), depth})};
}

Value Value::OfStruct(Entries fields, const Type& type) {
  return OfMap(std::move(fields), type);
}

Value Value::OfFunction(const Function& function) {
  HAKEM_CHECK(function.call != nullptr);
  return {&kFunctionType, &function};
}

Value Value::NilOf(const Type& type) {
  return {&type, std::monostate{}};
}

Value Value::ZeroOf(const Type* type) {
  if (type == nullptr) {
    return NilOf(kAnyType);
  }
  switch (type->kind) {
    case Kind::kBool:
      return OfBool(false).As(*type);
    case Kind::kInt:
    case Kind::kUint:
      return OfInt(0, *type);
    case Kind::kFloat:
      return OfFloat(0).As(*type);
    case Kind::kComplex:
      return OfComplex(0).As(*type);
    case Kind::kString:
      return OfText("", *type);
    case Kind::kStruct:
      return OfStruct({}, *type);
    default:
      return NilOf(*type);
  }
}

Value Value::OfLabels(const Labels& labels, const Type& type) {
  Entries entries;
  entries.reserve(labels.size());
  for (const LabelView label : labels) {
    entries.emplace_back(label.name, OfText(std::string(label.value)));
  }
  return OfMap(std::move(entries), type);
}

std::string_view Value::text() const {
  const auto* text = std::get_if<std::shared_ptr<const std::string>>(&data_);
  return text == nullptr ? std::string_view() : std::string_view(**text);
}

std::span<const Value> Value::list() const {
  const auto* data = std::get_if<std::shared_ptr<const ListData>>(&data_);
  return data == nullptr ? std::span<const Value>() : std::span<const Value>((*data)->items);
}

std::span<const Value::Entry> Value::entries() const {
  const auto* data = std::get_if<std::shared_ptr<const EntriesData>>(&data_);
  return data == nullptr ? std::span<const Entry>() : std::span<const Entry>((*data)->items);
}

const Value* Value::Find(std::string_view name) const {
  const std::span<const Entry> all = entries();
  if (kind() == Kind::kMap) {
    const auto place = std::lower_bound(
        all.begin(), all.end(), name,
        [](const Entry& entry, std::string_view key) { return entry.first < key; });
    return place != all.end() && place->first == name ? &place->second : nullptr;
  }
  const auto place =
      std::find_if(all.begin(), all.end(), [&](const Entry& entry) { return entry.first == name; });
  return place != all.end() ? &place->second : nullptr;
}

Value Value::Indirect() const {
  return kind() == Kind::kPointer ? As(*type_->element) : *this;
}

Value Value::As(const Type& type) const {
  Value same = *this;
  same.type_ = &type;
  return same;
}

const Function* Value::FindMethod(std::string_view name) const {
  if (!has_value()) {
    return nullptr;
  }
  const Type& owner = type_->kind == Kind::kPointer ? *type_->element : *type_;
  const auto place = std::find_if(owner.methods.begin(), owner.methods.end(),
                                  [&](const Function& method) { return method.name == name; });
  return place != owner.methods.end() ? &*place : nullptr;
}

bool Value::IsTrue() const {
  switch (kind()) {
    case Kind::kNone:
      return false;
    case Kind::kBool:
      return boolean();
    case Kind::kInt:
    case Kind::kUint:
      return integer() != 0;
    case Kind::kFloat:
      return real() != 0;
    case Kind::kComplex:
      return complex() != std::complex<double>();
    case Kind::kString:
      return !text().empty();
    case Kind::kSlice:
      return !list().empty();
    case Kind::kMap:
      return !entries().empty();
    case Kind::kStruct:
      return true;
    case Kind::kPointer:
    case Kind::kFunction:
      return !is_nil();
  }
  return false;
}

bool Value::IsSameObject(const Value& other) const {
  const auto* data = std::get_if<std::shared_ptr<const EntriesData>>(&data_);
  const auto* others = std::get_if<std::shared_ptr<const EntriesData>>(&other.data_);
  return data != nullptr && others != nullptr && *data == *others;
}

int Value::depth() const {
  if (const auto* items = std::get_if<std::shared_ptr<const ListData>>(&data_)) {
    return (*items)->depth;
  }
  if (const auto* items = std::get_if<std::shared_ptr<const EntriesData>>(&data_)) {
    return (*items)->depth;
  }
  return 0;
}

}  // namespace hakem::gotemplate
