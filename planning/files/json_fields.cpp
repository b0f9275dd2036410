#include "planning/files/json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "base/described_json.hpp"
#include "planning/files/text_lines.hpp"

namespace mf::planning_files {

struct JsonDocument::Content {
  nlohmann::json root;
  std::optional<std::string> complaint;
};

namespace {

const nlohmann::json& json_of(const void* value) {
  return *static_cast<const nlohmann::json*>(value);
}

/// Only a person who wrote the text by hand gets here: where is the comma missing?
std::string parse_mistake(std::string_view text) {
  try {
    std::ignore = nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& e) {
    const std::string_view what = e.what();
    return std::string(what.substr(std::min(what.find("] ") + 2, what.size())));
  }
  return "not valid JSON";
}

}  // namespace

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  const auto plain = plain_text(text);
  if (!plain) return std::unexpected(plain.error());
  auto root = json::parse(*plain);
  if (root) return JsonDocument(std::make_shared<Content>(Content{std::move(*root), std::nullopt}));
  if (root.error().code == "malformed")
    return fail(ErrorCode::invalid_argument, parse_mistake(*plain));
  return fail(ErrorCode::invalid_argument, root.error().detail.in_english());
}

JsonField JsonDocument::root() const { return {*content_, &content_->root, ""}; }

Status JsonDocument::status() const {
  if (!content_->complaint) return {};
  return fail(ErrorCode::invalid_argument, *content_->complaint);
}

bool JsonField::is_number() const { return value_ && json_of(value_).is_number(); }
bool JsonField::is_text() const { return value_ && json_of(value_).is_string(); }
bool JsonField::is_object() const { return value_ && json_of(value_).is_object(); }
bool JsonField::is_list() const { return value_ && json_of(value_).is_array(); }

std::string JsonField::path_of(std::string_view member) const {
  return path_.empty() ? std::string(member) : fmt::format("{}.{}", path_, member);
}

JsonField JsonField::operator[](std::string_view name) const {
  const void* value = nullptr;
  if (is_object())
    if (const auto found = json_of(value_).find(name); found != json_of(value_).end())
      value = found->is_null() ? nullptr : &*found;
  return {*content_, value, path_of(name)};
}

void JsonField::allow(std::span<const std::string_view> names) const {
  if (!value_) return;
  if (!is_object()) return complain("must be an object");
  for (const auto& [name, value] : json_of(value_).items())
    if (std::ranges::find(names, name) == names.end())
      return JsonField(*content_, value_, path_of(name)).complain("there is no such field");
}

const JsonField& JsonField::required() const {
  if (!value_) complain("is required");
  return *this;
}

double JsonField::number(double otherwise) const {
  if (!value_) return otherwise;
  const auto value = is_number() ? json_of(value_).get<double>() : std::nan("");
  if (std::isfinite(value)) return value;
  complain("must be a number");
  return otherwise;
}

std::size_t JsonField::count(std::size_t otherwise) const {
  if (!value_) return otherwise;
  if (json_of(value_).is_number_unsigned()) return json_of(value_).get<std::size_t>();
  complain("must be a whole number, not negative");
  return otherwise;
}

std::string JsonField::text(std::string otherwise) const {
  if (!value_) return otherwise;
  if (is_text()) return json_of(value_).get<std::string>();
  complain("must be text");
  return otherwise;
}

std::vector<JsonField> JsonField::items() const {
  std::vector<JsonField> fields;
  if (value_ && !is_list()) complain("must be a list");
  if (!is_list()) return fields;
  fields.reserve(json_of(value_).size());
  for (const auto& item : json_of(value_))
    fields.push_back({*content_, &item, path_of(std::to_string(fields.size()))});
  return fields;
}

std::vector<double> JsonField::numbers(std::optional<double> null) const {
  std::vector<double> values;
  if (value_ && !is_list()) complain("must be a list of numbers");
  if (!is_list()) return values;
  values.reserve(json_of(value_).size());
  for (const auto& item : json_of(value_)) {
    if (null && item.is_null()) {
      values.push_back(*null);
      continue;
    }
    const auto value = item.is_number() ? item.get<double>() : std::nan("");
    if (!std::isfinite(value))
      JsonField(*content_, &item, path_of(std::to_string(values.size())))
          .complain("must be a number");
    values.push_back(value);
  }
  return values;
}

std::vector<std::string> JsonField::texts() const {
  std::vector<std::string> values;
  for (const auto& item : items()) values.push_back(item.text());
  return values;
}

void JsonField::complain(std::string_view what) const {
  if (content_->complaint) return;
  content_->complaint = path_.empty() ? std::string(what) : fmt::format("{}: {}", path_, what);
}

}  // namespace mf::planning_files
