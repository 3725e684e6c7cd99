#include "format/json_writer.h"

namespace hakem {

JsonWriter& JsonWriter::Key(std::string_view key) {
  Separate();
  AppendJsonString(json_, key);
  json_ += layout_ == Layout::kIndented ? ": " : ":";
  after_key_ = true;
  return *this;
}

std::string& JsonWriter::Raw() {
  Separate();
  has_sibling_ = true;
  return json_;
}

void JsonWriter::Separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  json_ += has_sibling_ ? "," : "";
  if (depth_ > 0) {
    BreakLine();
  }
}

void JsonWriter::BreakLine() {
  constexpr std::size_t kIndent = 2;
  if (layout_ == Layout::kIndented) {
    json_ += '\n';
    json_.append(static_cast<std::size_t>(depth_) * kIndent, ' ');
  }
}

void JsonWriter::Open(char bracket) {
  Separate();
  json_ += bracket;
  ++depth_;
  has_sibling_ = false;
}

void JsonWriter::Close(char bracket) {
  --depth_;
  if (has_sibling_) {
    BreakLine();
  }
  json_ += bracket;
  has_sibling_ = true;
}

}  // namespace hakem
