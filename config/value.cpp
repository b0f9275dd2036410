// How the values of keys are read, checked and written.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

#include "config/keys.hpp"

namespace mf::config {
namespace {

using Complaint = std::optional<std::string>;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

/// "65536", "64KiB", "1 GiB".
std::optional<std::int64_t> parse_size(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  auto unit = text.substr(digits);
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  const auto number = parse_integer(text.substr(0, digits));
  const int shift = unit.empty() || unit == "B" ? 0
                    : unit == "KiB"             ? 10
                    : unit == "MiB"             ? 20
                    : unit == "GiB"             ? 30
                                                : -1;
  if (!number || shift < 0 || *number > INT64_MAX >> shift) return {};
  return *number << shift;
}

std::string size_text(std::uint64_t bytes) {
  for (const auto& [shift, unit] : {std::pair{30, "GiB"}, {20, "MiB"}, {10, "KiB"}})
    if (bytes != 0 && bytes % (1ULL << shift) == 0)
      return fmt::format("{}{}", bytes >> shift, unit);
  return std::to_string(bytes);
}

Complaint check_range(const Key& key, std::int64_t value, bool is_size) {
  if (value >= key.min && value <= key.max) return {};
  return is_size ? fmt::format("must be from {} to {}", size_text(key.min), size_text(key.max))
                 : fmt::format("must be from {} to {}", key.min, key.max);
}

/// HOST:PORT, [::1]:PORT or :PORT.
bool is_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return false;
  const auto host = text.substr(0, colon);
  const auto port = parse_integer(text.substr(colon + 1));
  const bool is_v6 = host.starts_with('[') && host.ends_with(']');
  return port && *port >= 0 && *port <= 65535 &&
         (is_v6 || host.find_first_of(":/ []") == host.npos);
}

/// scheme://host[:port] with nothing behind it.
bool is_origin(std::string_view text) {
  const auto scheme = text.substr(0, std::min(text.find("://"), text.size()));
  if (scheme != "http" && scheme != "https") return false;
  const auto rest = text.substr(scheme.size() + 3);
  return !rest.empty() && rest.find_first_of("/?# *") == rest.npos;
}

/// An address of digits, with or without "/bits".
bool is_network(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto host = text.substr(0, slash);
  const bool is_v6 = host.find(':') != host.npos;
  const bool is_plain = !host.empty() && host.find_first_not_of(is_v6 ? "0123456789abcdefABCDEF:."
                                                                      : "0123456789.") == host.npos;
  if (slash == text.size()) return is_plain;
  const auto bits = parse_integer(text.substr(slash + 1));
  return is_plain && bits && *bits >= 0 && *bits <= (is_v6 ? 128 : 32);
}

Complaint check_form(const Key& key, const std::string& text) {
  if (text.find('\0') != text.npos || text.find('\n') != text.npos)
    return "must be one line of text";
  switch (key.form) {
    case Form::any: return {};
    case Form::not_empty: return text.empty() ? Complaint("must not be empty") : std::nullopt;
    case Form::address:
      return text.empty() || is_address(text) ? Complaint{} : "must be HOST:PORT, 127.0.0.1:8080";
    case Form::origin:
      return is_origin(text) ? Complaint{} : "must be an origin, https://console.example.com";
    case Form::plain_url: {
      constexpr std::string_view scheme = "http://";
      const bool is_url = text.starts_with(scheme) && is_address(text.substr(scheme.size())) &&
                          text.size() > scheme.size() && text[scheme.size()] != ':';
      return text.empty() || is_url ? Complaint{} : "must be http://HOST:PORT";
    }
    case Form::percent: {
      const auto value = parse_integer(text);
      return value && *value >= 10 && *value <= 1000 ? Complaint{} : "must be from 10 to 1000";
    }
    case Form::network:
      return is_network(text) ? Complaint{} : "must be an address or a network, 10.0.0.0/8";
  }
  return {};
}

Complaint assign_integer(const Key& key, const Slot& slot, std::int64_t value) {
  if (auto complaint = check_range(key, value, std::holds_alternative<Bytes*>(slot)))
    return complaint;
  std::visit(Overloaded{[&](int* to) { *to = static_cast<int>(value); },
                        [&](Bytes* to) { to->count = static_cast<std::uint64_t>(value); },
                        [&](Duration* to) { *to = Duration{value}; }, [](auto) {}},
             slot);
  return {};
}

Complaint assign_choice(const Choice& choice, const std::string& text) {
  for (std::size_t i = 0; i < choice.names.size(); ++i) {
    if (choice.names[i] != text) continue;
    *choice.value = static_cast<unsigned char>(i);
    return {};
  }
  return fmt::format("must be one of {}", fmt::join(choice.names, ", "));
}

Complaint assign_list(const Key& key, std::vector<std::string>& to,
                      const std::vector<std::string>& items) {
  for (const auto& item : items)
    if (auto complaint = check_form(key, item)) return fmt::format("\"{}\" {}", item, *complaint);
  if (key.form == Form::percent && !items.empty() && items.size() != 24)
    return "must be 24 of them, one for each hour";
  to = items;
  return {};
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    if (comma > 0) items.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else out += c;
  }
  return out + '"';
}

}  // namespace

std::optional<std::string> assign(const Key& key, Config& config, const Value& value) {
  const Slot slot = key.slot(config);
  const auto* text = std::get_if<std::string>(&value);
  const auto* number = std::get_if<std::int64_t>(&value);
  return std::visit(Overloaded{
                        [&](bool* to) -> Complaint {
                          const auto* flag = std::get_if<bool>(&value);
                          if (!flag) return "must be true or false";
                          *to = *flag;
                          return {};
                        },
                        [&](Bytes*) -> Complaint {
                          const auto size = text     ? parse_size(*text)
                                            : number ? std::optional(*number)
                                                     : std::nullopt;
                          if (!size) return "must be a size in bytes, 65536 or \"64KiB\"";
                          return assign_integer(key, slot, *size);
                        },
                        [&](std::string* to) -> Complaint {
                          if (!text) return "must be text";
                          // One origin may be none; in a list, an empty one makes no sense.
                          const bool is_none = text->empty() && key.form == Form::origin;
                          if (auto complaint = check_form(key, *text); complaint && !is_none)
                            return complaint;
                          *to = *text;
                          return {};
                        },
                        [&](std::vector<std::string>* to) -> Complaint {
                          const auto* items = std::get_if<std::vector<std::string>>(&value);
                          return items ? assign_list(key, *to, *items) : "must be a list of texts";
                        },
                        [&](const Choice& choice) -> Complaint {
                          return text ? assign_choice(choice, *text) : "must be text";
                        },
                        [&](auto*) -> Complaint {
                          return number ? assign_integer(key, slot, *number)
                                        : "must be a whole number";
                        },
                    },
                    slot);
}

std::optional<std::string> assign_text(const Key& key, Config& config, std::string_view text) {
  const Slot slot = key.slot(config);
  if (std::holds_alternative<bool*>(slot)) {
    if (text == "true" || text == "1") return assign(key, config, true);
    if (text == "false" || text == "0") return assign(key, config, false);
    return "must be true or false";
  }
  if (std::holds_alternative<std::vector<std::string>*>(slot))
    return assign(key, config, split(text));
  if (std::holds_alternative<int*>(slot) || std::holds_alternative<Duration*>(slot)) {
    const auto number = parse_integer(text);
    return number ? assign(key, config, *number) : "must be a whole number";
  }
  return assign(key, config, std::string(text));
}

std::string value_text(const Key& key, const Config& config) {
  // Slots point into a Config they may change; here they are only read.
  const Slot slot = key.slot(const_cast<Config&>(config));
  return std::visit(Overloaded{
                        [](const bool* v) { return std::string(*v ? "true" : "false"); },
                        [](const int* v) { return std::to_string(*v); },
                        [](const Bytes* v) {
                          const auto text = size_text(v->count);
                          return text.back() == 'B' ? in_quotes(text) : text;
                        },
                        [](const Duration* v) { return std::to_string(v->count()); },
                        [](const std::string* v) { return in_quotes(*v); },
                        [](const std::vector<std::string>* v) {
                          std::string out = "[";
                          for (const auto& item : *v)
                            out += (out.size() > 1 ? ", " : "") + in_quotes(item);
                          return out + "]";
                        },
                        [](const Choice& v) { return in_quotes(v.names[*v.value]); },
                    },
                    slot);
}

std::string type_text(const Key& key) {
  Config config;
  return std::visit(
      Overloaded{
          [](bool*) { return std::string("true or false"); },
          [&](int*) { return fmt::format("{} to {}", key.min, key.max); },
          [&](Bytes*) { return fmt::format("{} to {}", size_text(key.min), size_text(key.max)); },
          [&](Duration*) { return fmt::format("{} to {} ms", key.min, key.max); },
          [&](std::string*) {
            return std::string(key.form == Form::address ? "HOST:PORT" : "text");
          },
          [&](std::vector<std::string>*) { return std::string("list of texts"); },
          [](const Choice& v) { return fmt::format("{}", fmt::join(v.names, ", ")); },
      },
      key.slot(config));
}

}  // namespace mf::config
