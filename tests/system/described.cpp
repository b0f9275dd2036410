#include "tests/system/described.hpp"

#include <algorithm>
#include <regex>

#include "base/time.hpp"

namespace mf::system_test {
namespace {

using Faults = std::vector<std::string>;

std::vector<std::string> segments(const std::string& path) {
  std::vector<std::string> out;
  std::istringstream in(path.substr(0, path.find('?')));
  for (std::string part; std::getline(in, part, '/');) out.push_back(part);
  return out;
}

/// How many parts of the path the pattern names literally; -1: it is another path.
int likeness(const std::string& pattern, const std::string& path) {
  const auto wanted = segments(pattern), given = segments(path);
  if (wanted.size() != given.size()) return -1;
  int literal = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == given[i]) ++literal;
    else if (!wanted[i].starts_with('{')) return -1;
  }
  return literal;
}

bool is_of_type(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_number_integer();
  return type == "number" && value.is_number();
}

void judge_type(const Json& types, const Json& value, const std::string& at, Faults& faults) {
  const auto list = types.is_array() ? types : Json::array({types});
  if (std::ranges::none_of(list, [&](const Json& type) { return is_of_type(value, type); }))
    faults.push_back(at + ": is no " + types.dump());
}

void judge_text(const Json& schema, const Json& value, const std::string& at, Faults& faults) {
  if (!value.is_string()) return;
  const auto& text = value.get_ref<const std::string&>();
  if (schema.value("format", "") == "date-time" && !parse_rfc3339(text))
    faults.push_back(at + ": is no time");
  if (schema.contains("pattern") &&
      !std::regex_search(text, std::regex(schema.at("pattern").get<std::string>())))
    faults.push_back(at + ": does not match");
}

}  // namespace

const Json& Described::resolved(const Json& node) const {
  const auto* found = &node;
  while (found->contains("$ref"))
    found = &document_.at(Json::json_pointer(found->at("$ref").get<std::string>().substr(1)));
  return *found;
}

Faults Described::any(const Json& schemas, const Json& value, const std::string& at,
                      bool exactly_one) const {
  Faults all;
  std::size_t fitting = 0;
  for (const auto& schema : schemas) {
    auto faults = whole(schema, value, at);
    fitting += faults.empty() ? 1 : 0;
    all.insert(all.end(), faults.begin(), faults.end());
  }
  if (fitting == 0) {
    all.insert(all.begin(), at + ": is none of " + std::to_string(schemas.size()));
    return all;
  }
  if (exactly_one && fitting > 1) return {at + ": is " + std::to_string(fitting) + " at once"};
  return {};
}

Faults Described::whole(const Json& reference, const Json& value, const std::string& at) const {
  const auto& schema = resolved(reference);
  if (schema.contains("anyOf")) return any(schema.at("anyOf"), value, at, false);
  if (schema.contains("oneOf")) return any(schema.at("oneOf"), value, at, true);
  Faults faults;
  std::set<std::string> known;
  part(schema, value, at, known, faults);
  if (value.is_object() && !schema.contains("additionalProperties"))
    for (const auto& [name, member] : value.items())
      if (!known.contains(name)) faults.push_back(at + "." + name + ": is not described");
  return faults;
}

void Described::part(const Json& reference, const Json& value, const std::string& at,
                     std::set<std::string>& known, Faults& faults) const {
  const auto& schema = resolved(reference);
  static const std::set<std::string> words{"type",       "enum",
                                           "const",      "format",
                                           "pattern",    "items",
                                           "properties", "required",
                                           "allOf",      "description",
                                           "maxLength",  "minimum",
                                           "maximum",    "additionalProperties"};
  for (const auto& [word, meaning] : schema.items())
    if (!words.contains(word)) faults.push_back(at + ": a schema says " + word);
  if (schema.contains("type")) judge_type(schema.at("type"), value, at, faults);
  if (schema.contains("enum") &&
      std::ranges::find(schema.at("enum"), value) == schema.at("enum").end())
    faults.push_back(at + ": is none of " + schema.at("enum").dump());
  if (schema.contains("const") && schema.at("const") != value)
    faults.push_back(at + ": is not " + schema.at("const").dump());
  judge_text(schema, value, at, faults);
  if (value.is_array() && schema.contains("items"))
    for (std::size_t i = 0; i < value.size(); ++i)
      std::ranges::move(whole(schema.at("items"), value[i], at + "." + std::to_string(i)),
                        std::back_inserter(faults));
  if (schema.contains("allOf"))
    for (const auto& one : schema.at("allOf")) part(one, value, at, known, faults);
  if (value.is_object()) members(schema, value, at, known, faults);
}

void Described::members(const Json& schema, const Json& value, const std::string& at,
                        std::set<std::string>& known, Faults& faults) const {
  const auto& more =
      schema.contains("additionalProperties") ? schema.at("additionalProperties") : Json(nullptr);
  const auto properties = schema.value("properties", Json::object());
  for (const auto& name : schema.value("required", Json::array()))
    if (!value.contains(name))
      faults.push_back(at + "." + name.get<std::string>() + ": is missing");
  for (const auto& [name, member] : value.items()) {
    const auto found = properties.find(name);
    const auto* described = found != properties.end() ? &*found
                            : more.is_object()        ? &more
                                                      : nullptr;
    if (!described) continue;
    known.insert(name);
    std::ranges::move(whole(*described, member, at + "." + name), std::back_inserter(faults));
  }
}

const Json* Described::operation(const std::string& method, const std::string& path) const {
  auto verb = method;
  for (auto& c : verb) c = static_cast<char>(std::tolower(c));
  const Json* best = nullptr;
  int like = -1;
  for (const auto& [pattern, operations] : document_.at("paths").items())
    if (const auto found = likeness(pattern, path); found > like && operations.contains(verb)) {
      like = found;
      best = &operations.at(verb);
    }
  return best;
}

Faults Described::faults(const std::string& schema, const Json& value) const {
  return whole({{"$ref", "#/components/schemas/" + schema}}, value, schema);
}

Faults Described::faults(const std::string& method, const std::string& path,
                         const Answer& answer) const {
  const auto at = method + " " + path + " " + std::to_string(answer.status);
  const auto* found = operation(method, path);
  if (!found) return {at + ": is no operation"};
  const auto& responses = found->at("responses");
  const auto status = std::to_string(answer.status);
  const auto& response = resolved(responses.at(responses.contains(status) ? status : "default"));
  Faults faults;
  const auto headers = response.value("headers", Json::object());
  for (const auto* name : {"ETag", "Location", "Retry-After", "Idempotent-Replayed"})
    if (!answer.raw.header(name).empty() && !headers.contains(name))
      faults.push_back(at + ": the header " + std::string(name) + " is not described");
  for (const auto* name : {"ETag", "Location", "Request-Id"})
    if (headers.contains(name) && answer.raw.header(name).empty())
      faults.push_back(at + ": the header " + std::string(name) + " is missing");
  if (!response.contains("content")) {
    if (!answer.raw.body.empty()) faults.push_back(at + ": a body is not described");
    return faults;
  }
  const auto content = response.at("content").begin();
  const auto& type = content.key();
  if (answer.raw.header("Content-Type") != type) faults.push_back(at + ": is no " + type);
  std::ranges::move(whole(content->at("schema"), answer.json, at), std::back_inserter(faults));
  return faults;
}

}  // namespace mf::system_test
