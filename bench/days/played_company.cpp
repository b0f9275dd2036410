#include "bench/days/played_company.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace mf::bench {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr const char* skills[] = {"fibra", "antena", "redes"};

Id id_of(std::string_view prefix, std::string_view what) {
  return derive_id(prefix, "bench", "day", what);
}
Duration minutes(double count) { return Duration(static_cast<std::int64_t>(count * 60'000)); }

/// A city of twelve kilometres.
Point place_in_city(const Chance& chance, const std::string& whose) {
  return {chance.between(6.19, 6.30, "lat", whose), chance.between(-75.63, -75.52, "lon", whose)};
}

std::string hour_text(Timestamp at) { return format_rfc3339(at - 5h).substr(11, 5); }

}  // namespace

double Chance::unit(std::string_view what, std::string_view whose) const {
  const auto name = std::string(what) + "/" + std::string(whose);
  return static_cast<double>(xxh3_64(name, seed_) >> 11) * 0x1p-53;
}

PlayedCompany::PlayedCompany(const DayPlan& plan)
    : begin(parse_rfc3339("2026-11-30T12:00:00Z").value()),
      end(begin + 11h),
      zone(id_of("zon", "zone")),
      type(id_of("typ", "type")),
      admin{"acc_admin", {Role::administrator}, {}, {}, {}, {}},
      supervisor{"acc_supervisor", {Role::supervisor}, {zone}, {}, {}, {}},
      chance_(plan.seed) {
  make_workers(plan);
  make_wishes(plan);
}

void PlayedCompany::make_workers(const DayPlan& plan) {
  for (std::size_t i = 0; i < plan.technicians; ++i) {
    const auto whose = "technician " + std::to_string(i);
    Worker worker{.id = id_of("tec", whose),
                  .name = "T" + std::to_string(i + 1),
                  .home = place_in_city(chance_, whose),
                  .skills = {skills[0]}};
    if (chance_.unit("antena", whose) < 0.6) worker.skills.emplace_back(skills[1]);
    if (chance_.unit("redes", whose) < 0.4) worker.skills.emplace_back(skills[2]);
    worker.from = begin + (i % 2 ? 1h : 0h) + 30min;
    worker.to = worker.from + 9h;
    worker.break_from = worker.from + 4h + 30min;
    worker.break_to = worker.break_from + 45min;
    workers.push_back(std::move(worker));
  }
}

void PlayedCompany::make_wishes(const DayPlan& plan) {
  for (std::size_t i = 0; i < plan.orders; ++i) {
    const auto whose = "order " + std::to_string(i);
    const auto draw = [&](const char* what) { return chance_.unit(what, whose); };
    Wish wish{.id = id_of("ord", whose),
              .client = id_of("cli", whose),
              .site = id_of("sit", whose),
              .place = place_in_city(chance_, whose)};
    wish.at = plan.within_a_minute ? begin + minutes(45 + draw("second"))
              : draw("early") < plan.known_in_the_morning
                  ? begin + minutes(30 * draw("morning"))
                  : begin + minutes(chance_.between(30, 480, "day", whose));
    const auto priority = draw("priority");
    wish.priority = priority < 0.05 ? 1 : priority < 0.25 ? 2 : priority < 0.8 ? 3 : 4;
    constexpr double lengths[] = {30, 30, 45, 45, 60, 60, 60, 90};
    wish.duration = minutes(lengths[static_cast<std::size_t>(draw("length") * 8)]);
    const auto skill = draw("skill");
    wish.skill = skills[skill < 0.7 ? 0 : skill < 0.9 ? 1 : 2];
    if (draw("window") < 0.3) {
      const auto hour = std::chrono::floor<std::chrono::hours>(wish.at) +
                        std::chrono::hours(1 + static_cast<int>(draw("hour") * 5));
      wish.window = Window{hour, hour + 2h};
    }
    if (draw("cancel") < 0.04) wish.cancelled_at = wish.at + minutes(20 + 90 * draw("when"));
    wishes.push_back(std::move(wish));
  }
  std::ranges::sort(wishes, [](const Wish& a, const Wish& b) {
    return std::tie(a.at, a.id) < std::tie(b.at, b.id);
  });
}

void PlayedCompany::found(PureNode& node) const {
  const EntityRef catalogue{EntityKind::catalogue, "catalogue"};
  const auto make = [&](const EntityRef& ref, const char* verb, const Json& body) {
    node.yes(ref, verb, to_text(body), admin);
  };
  make(catalogue, "create_zone", {{"id", zone}, {"name", "Centro"}});
  make(catalogue, "create_order_type",
       {{"id", type}, {"name", "Reparación"}, {"duration_ms", 3'600'000}, {"priority", 3}});
  constexpr int policies[][3] = {
      {15, 60, 240}, {60, 240, 480}, {240, 1440, 2880}, {480, 2880, 7200}};
  for (int priority = 1; priority <= 4; ++priority) {
    const auto& [respond, arrive, resolve] = policies[priority - 1];
    make(catalogue, "put_sla_policy",
         {{"priority", priority},
          {"respond_ms", respond * 60'000},
          {"arrive_ms", arrive * 60'000},
          {"resolve_ms", resolve * 60'000}});
  }
  node.open_board(zone);
  const auto every_day = Json{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  const auto weekly = [&](Timestamp from, Timestamp to) {
    return Json{{"days", every_day}, {"from", hour_text(from)}, {"to", hour_text(to)}};
  };
  for (const auto& w : workers)
    make({EntityKind::technician, w.id}, "create",
         {{"name", w.name},
          {"zones", {zone}},
          {"skills", w.skills},
          {"home", {{"lat", w.home.lat}, {"lon", w.home.lon}}},
          {"shifts", {weekly(w.from, w.to)}},
          {"breaks", {weekly(w.break_from, w.break_to)}}});
  int document = 10'000'000;
  for (const auto& wish : wishes) {
    make({EntityKind::client, wish.client}, "create",
         {{"name", "Luis Mora"},
          {"document_type", "CC"},
          {"document_number", std::to_string(++document)}});
    make({EntityKind::client, wish.client}, "add_site",
         {{"id", wish.site},
          {"name", "Casa"},
          {"address", "Calle 10 # 43-20"},
          {"zone", zone},
          {"lat", wish.place.lat},
          {"lon", wish.place.lon}});
  }
}

void PlayedCompany::ask(PureNode& node, const Wish& wish) const {
  const EntityRef order{EntityKind::work_order, wish.id};
  Json body{{"type", type}, {"client", wish.client}, {"site", wish.site}, {"title", "Falla"}};
  node.yes(order, "create", to_text(body), supervisor);
  Json triage{{"priority", wish.priority},
              {"duration_ms", wish.duration.count()},
              {"skills", {{{"skill", wish.skill}, {"level", 1}}}}};
  if (wish.window)
    triage["windows"] = {
        {{"from", format_rfc3339(wish.window->from)}, {"to", format_rfc3339(wish.window->to)}}};
  node.yes(order, "triage", to_text(triage), supervisor);
}

}  // namespace mf::bench
