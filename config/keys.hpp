#pragma once
// The one table behind file, environment, flags, --print-config and docs/configuration.md.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"

namespace mf::config {

/// One of a few words, behind an enum with these names in its order.
struct Choice {
  unsigned char* value;
  std::span<const std::string_view> names;
};
/// Where a key's value lives in a Config.
using Slot =
    std::variant<bool*, int*, Bytes*, Duration*, std::string*, std::vector<std::string>*, Choice>;

/// What a text (or each text of a list) must look like.
enum class Form : std::uint8_t {
  any,
  address,
  origin,
  network,
  not_empty,
  plain_url,  ///< http://HOST:PORT, or nothing
  percent     ///< a list of 24 of them, or of none
};

struct Key {
  std::string_view name;  ///< "gateway.listen"; environment and flag follow from it
  Slot (*slot)(Config&);
  std::string_view doc;           ///< one sentence
  std::int64_t min = 0, max = 0;  ///< of numbers; both included
  Form form = Form::any;
  std::string_view flag = {};  ///< the short flag without dashes, or empty
  bool is_fitted = false;      ///< the default comes from the container
};

/// Every key, section by section in the order of documentation.
[[nodiscard]] std::span<const Key> keys();
[[nodiscard]] const Key* find_key(std::string_view name);
/// "gateway.listen" → "MICROFLOW_GATEWAY_LISTEN".
[[nodiscard]] std::string environment_name(std::string_view key);
/// The known name nearest to `name`, if it is near enough to be meant.
[[nodiscard]] std::optional<std::string> nearest(std::string_view name,
                                                 const std::vector<std::string>& known);

/// What a file may hold; texts of flags and the environment become one of these.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// Checks and stores; the complaint otherwise ("must be from 1 to 100").
[[nodiscard]] std::optional<std::string> assign(const Key& key, Config& config, const Value& value);
/// The same from text: "true", "25", "64KiB", "a,b".
[[nodiscard]] std::optional<std::string> assign_text(const Key& key, Config& config,
                                                     std::string_view text);
/// As TOML writes it.
[[nodiscard]] std::string value_text(const Key& key, const Config& config);
/// "whole number", "milliseconds", "bytes" …
[[nodiscard]] std::string type_text(const Key& key);

}  // namespace mf::config
