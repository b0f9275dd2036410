#include <algorithm>

#include "actors/technician/technician_rules.hpp"
#include "base/field_check.hpp"
#include "base/id_list.hpp"

namespace mf::technician {
namespace {

constexpr std::size_t zones_max = 64;

void check_shifts(FieldCheck& check, std::string_view name, const std::vector<Shift>& shifts) {
  check.that(name, shifts.size() <= 32, "too_long", "at most {max}"_en.with("max", 32));
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    const auto field = std::string(name) + "." + std::to_string(i);
    check.that(field + ".days", !shifts[i].days.empty(), "required", "at least one day"_en)
        .that(field + ".from",
              parse_time_of_day(shifts[i].from).value_or(day_minutes) < day_minutes, "malformed",
              "must be a time of day, 08:00"_en)
        .that(field + ".to", parse_time_of_day(shifts[i].to).has_value(), "malformed",
              "must be a time of day, 17:00"_en);
  }
}

template <class T, class Key>
bool is_unique(std::vector<T> list, Key key) {
  std::ranges::sort(list, {}, key);
  return std::ranges::adjacent_find(list, {}, key) == list.end();
}

void check_skills(FieldCheck& check, const std::vector<Skill>& skills) {
  check.that("skills", skills.size() <= 32, "too_long", "at most {max}"_en.with("max", 32))
      .that("skills", is_unique(skills, &Skill::skill), "repeated", "each skill once"_en);
  for (std::size_t i = 0; i < skills.size(); ++i) {
    const auto field = "skills." + std::to_string(i);
    check.text(field + ".skill", skills[i].skill, 1, 64)
        .range(field + ".level", skills[i].level, 1, 5);
  }
}

}  // namespace

std::optional<Rejection> check_profile(const Profile& p) {
  FieldCheck check;
  check.text("name", p.name, 1, 200)
      .that("account", !p.account || is_id("acc", *p.account), "malformed",
            "must be an account's id"_en)
      .text("vehicle", p.vehicle.value_or(""), 0, 64)
      .range("max_orders", p.max_orders.value_or(1), 1, static_cast<int>(agenda_max))
      .that("zones", p.zones.size() <= zones_max, "too_long",
            "at most {max}"_en.with("max", zones_max))
      .that("zones", is_unique(p.zones, std::identity{}), "repeated", "each zone once"_en);
  for (const auto& zone : p.zones)
    check.that("zones", is_id("zon", zone), "malformed", "must be ids of zones"_en);
  check_skills(check, p.skills);
  check_shifts(check, "shifts", p.shifts);
  check_shifts(check, "breaks", p.breaks);
  check.that("absences", p.absences.size() <= 64, "too_long", "at most {max}"_en.with("max", 64));
  for (std::size_t i = 0; i < p.absences.size(); ++i)
    check
        .that("absences." + std::to_string(i) + ".to", p.absences[i].from < p.absences[i].to,
              "out_of_range", "must be after from"_en)
        .text("absences." + std::to_string(i) + ".reason", p.absences[i].reason.value_or(""), 0,
              200);
  if (p.home) check.place("home.", {p.home->lat, p.home->lon});
  return check.rejection();
}

bool is_that_technician(const Technician& t, const Principal& by) {
  return by.has(Role::technician) && !t.id.empty() && by.technician == t.id;
}

bool is_dispatcher_of(const Technician& t, const Principal& by) {
  return by.is_system() || by.is_administrator() ||
         std::ranges::any_of(t.zones, [&](const Id& zone) { return by.supervises(zone); });
}

Id account_to_check(const Technician& t, const Command& command) {
  std::optional<Id> account;
  if (const auto* create = std::get_if<Create>(&command)) account = create->account;
  if (const auto* edit = std::get_if<Edit>(&command); edit && edit->account.is_set())
    account = edit->account.value;
  if (const auto* link = std::get_if<Link>(&command))
    return t.account && t.account != link->account ? *t.account : Id{};
  return account && account != t.account && is_id("acc", *account) ? *account : Id{};
}

std::vector<Id> zones_to_check(const Technician& t, const Command& command) {
  const std::vector<Id>* wanted = nullptr;
  if (const auto* create = std::get_if<Create>(&command)) wanted = &create->zones;
  if (const auto* edit = std::get_if<Edit>(&command))
    if (edit->zones.is_set()) wanted = &edit->zones.value;
  if (!wanted) return {};
  auto zones = added_ids(*wanted, t.zones);
  std::erase_if(zones, [](const Id& zone) { return !is_id("zon", zone); });
  zones.resize(std::min(zones.size(), zones_max));
  return zones;
}

}  // namespace mf::technician
