#include "config/keys/yaml_value.h"

#include <algorithm>
#include <utility>

namespace hakem::config {
namespace {

/// The value as it stands behind its key on the same line. Comments inside it are appended to
/// `comment`: they can only stand at the end of the line.
std::string OneLine(const YamlValue& value, std::string& comment) {
  comment += value.comment;
  if (value.entries.empty()) {
    return value.text;
  }
  std::string map;
  for (const YamlEntry& entry : value.entries) {
    map.append(map.empty() ? "{" : ", ").append(entry.key).append(": ");
    map += OneLine(entry.value, comment);
  }
  return map + "}";
}

void AppendMap(const YamlValue& map, std::size_t indent, std::string& text);

void AppendEntry(const YamlEntry& entry, std::size_t indent, std::string& text) {
  const YamlValue& value = entry.value;
  text.append(indent, ' ').append(entry.key).append(":");
  if (!value.items.empty()) {
    text += '\n';
    for (const YamlValue& item : value.items) {
      const std::size_t begin = text.size();
      AppendMap(item, indent + 4, text);
      text[begin + indent + 2] = '-';
    }
  } else if (!value.entries.empty() && !value.is_on_one_line) {
    text += '\n';
    AppendMap(value, indent + 2, text);
  } else {
    std::string comment;
    text.append(" ").append(OneLine(value, comment));
    text.append(comment.empty() ? "" : "  # ").append(comment).append("\n");
  }
}

void AppendMap(const YamlValue& map, std::size_t indent, std::string& text) {
  for (const YamlEntry& entry : map.entries) {
    AppendEntry(entry, indent, text);
  }
}

}  // namespace

YamlValue YamlValue::Scalar(std::string text) {
  YamlValue value;
  value.text = std::move(text);
  return value;
}

YamlValue& YamlValue::At(std::string_view path) {
  const std::size_t dot = path.find('.');
  const std::string_view key = path.substr(0, dot);
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const YamlEntry& entry) { return entry.key == key; });
  YamlValue& value = found != entries.end()
                         ? found->value
                         : entries.emplace_back(YamlEntry{std::string(key), {}}).value;
  return dot == path.npos ? value : value.At(path.substr(dot + 1));
}

std::string FormatYaml(const YamlValue& map) {
  std::string text;
  AppendMap(map, 0, text);
  return text;
}

std::string YamlText(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + '"';
}

std::string YamlList(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    list += (list.empty() ? "" : ", ") + YamlText(text);
  }
  return "[" + list + "]";
}

}  // namespace hakem::config
