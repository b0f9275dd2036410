#pragma once
// Writing JSON that people can read: an object of the document's lists is one line.
#include <string>
#include <string_view>

namespace mf::planning_files {

/// Bytes that aren't UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quoted(std::string_view text);
/// The shortest text that reads as the same number.
[[nodiscard]] std::string json_number(double value);

/// "[a, b]" of what `write` makes of each.
template <class List, class Write>
[[nodiscard]] std::string json_list(const List& list, Write write,
                                    std::string_view separator = ", ") {
  std::string text = "[";
  for (const auto& item : list) {
    if (text.size() > 1) text += separator;
    text += write(item);
  }
  return text + "]";
}

/// {"name": value, …}, members in the order they are added.
class JsonObject {
 public:
  explicit JsonObject(std::string_view separator = ", ") : separator_(separator) {}

  /// `value` is JSON already.
  JsonObject& member(std::string_view name, std::string_view value);
  JsonObject& text(std::string_view name, std::string_view value);
  JsonObject& number(std::string_view name, double value);
  [[nodiscard]] std::string closed() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
  std::string_view separator_;
};

}  // namespace mf::planning_files
