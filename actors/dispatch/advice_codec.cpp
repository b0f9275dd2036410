#include "actors/dispatch/advice.hpp"
#include "base/described_json.hpp"
#include "base/json.hpp"

namespace mf {
BOOST_DESCRIBE_STRUCT(Skill, (), (skill, level))
BOOST_DESCRIBE_STRUCT(Window, (), (from, to))
}  // namespace mf

namespace mf::dispatch {
namespace {

/// Of a claim on an agenda, what it asks for.
struct Claim {
  Id order, zone;
  std::vector<Skill> skills;
  std::vector<Window> windows;
  Duration duration_ms{};
  std::optional<Timestamp> from;
};
BOOST_DESCRIBE_STRUCT(Claim, (), (order, zone, skills, windows, duration_ms, from))

}  // namespace

Result<technician::ClaimAgenda> read_claim(std::string_view text) {
  auto read = json::from_stored<Claim>(text);
  if (!read) return std::unexpected(read.error());
  technician::ClaimAgenda claim;
  claim.order = std::move(read->order);
  claim.zone = std::move(read->zone);
  claim.skills = std::move(read->skills);
  claim.windows = std::move(read->windows);
  claim.duration_ms = read->duration_ms;
  claim.from = read->from;
  return claim;
}

std::string with_override(std::string_view body, bool is_override) {
  auto json = parse_json(body);
  if (!json.is_object()) json = nlohmann::json::object();
  json.erase("override");
  if (is_override) {
    json["override"] = true;
    const nlohmann::json nothing = "";
    if (json.value("reason", nothing) == nothing) json["reason"] = "preview";
  }
  return to_text(json);
}

bool has_override(std::string_view body) {
  const auto json = parse_json(body);
  return json.is_object() && json.contains("override") && json["override"] == true;
}

}  // namespace mf::dispatch
