#pragma once
// Writing JSON text by hand, member by member, where a tree would cost too much. Reading: json.hpp.
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace mf::json {

/// Appends `text` as a JSON string. Bytes that aren't UTF-8 become U+FFFD.
void append_quoted(std::string& out, std::string_view text);
/// null for what is no finite number.
void append_number(std::string& out, double value);

/// An object: Object().add("id", id).add("version", 7).add_raw("data", view).text().
/// Names are literals of ours and not escaped.
class Object {
 public:
  Object& add(std::string_view name, std::string_view text) {
    append_quoted(at(name), text);
    return *this;
  }
  Object& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  Object& add(std::string_view name, const std::string& text) {
    return add(name, std::string_view(text));
  }
  Object& add(std::string_view name, std::integral auto number) {
    at(name) += std::to_string(number);
    return *this;
  }
  Object& add(std::string_view name, bool value) { return add_raw(name, value ? "true" : "false"); }
  Object& add(std::string_view name, double number) {
    append_number(at(name), number);
    return *this;
  }
  /// Left out when it is empty.
  Object& add_some(std::string_view name, std::string_view text) {
    return text.empty() ? *this : add(name, text);
  }
  /// `json` is JSON already; empty counts as null.
  Object& add_raw(std::string_view name, std::string_view json) {
    at(name) += json.empty() ? std::string_view("null") : json;
    return *this;
  }

  /// "{…}"
  [[nodiscard]] std::string text() const { return text_ + '}'; }
  /// The same without its braces; while the object lives.
  [[nodiscard]] std::string_view members() const { return std::string_view(text_).substr(1); }

 private:
  std::string& at(std::string_view name) {
    if (text_.size() > 1) text_ += ',';
    text_ += '"';
    text_ += name;
    return text_ += "\":";
  }
  std::string text_ = "{";
};

}  // namespace mf::json
