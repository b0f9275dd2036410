#include "bench/days/played_people.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace mf::bench {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

/// Roads are so much longer than the straight line, and driven so fast on average.
constexpr double detour = 1.4, metres_per_second = 7.5;
constexpr Duration position_every = 1min, looks_again_after = 4min;

Duration seconds(double count) { return Duration(static_cast<std::int64_t>(count * 1000)); }
Duration mean_way(const Point& from, const Point& to) {
  return seconds(distance_m(from, to) * detour / metres_per_second);
}
std::string text(std::string_view name, std::string_view value) {
  return to_text(Json{{std::string(name), std::string(value)}});
}

}  // namespace

People::People(const PlayedCompany& company, PureNode& node, const DayPlan& plan)
    : company_(company), node_(node), chance_(plan.seed), ill_of_ten_(plan.ill_of_ten) {
  for (const auto& worker : company.workers) {
    people_[worker.id].worker = &worker;
    people_[worker.id].at = worker.home;
  }
  for (const auto& wish : company.wishes) orders_[wish.id].wish = &wish;
}

void People::hear() {
  for (; heard_ < node_.events().size(); ++heard_) {
    const auto event = parse_json(node_.events()[heard_]);
    const auto entity = event.at("entity").get<std::string>();
    if (!entity.starts_with("work_order/")) continue;
    const auto id = entity.substr(entity.find('/') + 1);
    auto& order = orders_.at(id);
    const auto type = event.at("type").get<std::string>();
    const auto& data = event.at("data");
    const auto leave = [&](Doing doing) {
      if (const auto who = people_.find(order.technician); who != people_.end()) {
        who->second.orders.erase(id);
        if (who->second.busy_with == id) who->second.busy_with.clear();
      }
      order.technician.clear();
      order.answers_at.reset();
      order.doing = doing;
      order.is_planned = false;
    };
    if (type == "order.triaged") {
      order.doing = Doing::waiting;
      order.looked_at_after = node_.now() + seconds(chance_.between(12, 60, "look", id));
    } else if (type == "order.scheduled") {
      order.is_planned = true;
    } else if (type == "order.escalated") {
      order.is_escalated = true;
    } else if (type == "assignment.created" || type == "assignment.reassigned") {
      leave(Doing::offered);
      order.technician = data.at("technician");
      order.slot = {*parse_rfc3339(data.at("from").get<std::string>()),
                    *parse_rfc3339(data.at("to").get<std::string>())};
      order.answers_at =
          node_.now() + seconds(chance_.between(12, 120, "answer " + id, order.technician));
      people_.at(order.technician).orders.insert(id);
    } else if (type == "assignment.accepted") {
      order.doing = Doing::accepted;
    } else if (type == "assignment.declined" || type == "assignment.expired" ||
               type == "assignment.revoked" || type == "order.followup_required") {
      leave(Doing::waiting);
    } else if (type == "order.cancelled" || type == "tracking.work_completed") {
      leave(Doing::over);
    }
  }
}

bool People::does(const Person& person, const Id& order, std::string_view verb,
                  std::string_view body) {
  const auto& id = person.worker->id;
  const Principal they{"acc_" + id, {Role::technician}, {}, id, {}, {}};
  const bool is_done = std::holds_alternative<entity::Outcome>(
      node_.run({EntityKind::work_order, order}, verb, body, they));
  hear();
  return is_done;
}

Duration People::way(const Point& from, const Point& to, std::string_view whose) const {
  return seconds(60) + seconds(static_cast<double>(mean_way(from, to).count()) / 1000 *
                               chance_.between(0.75, 1.25, "traffic", whose));
}

void People::live() {
  hear();
  for (auto& [id, person] : people_) {
    if (!person.is_off && node_.now() >= company_.begin + 3h) fall_ill(person);
    answer(person);
    if (person.busy_with.empty()) set_out(person);
    else go_on(person);
  }
}

/// Some of them, who still end what is begun.
void People::fall_ill(Person& person) {
  const auto number = person.worker - company_.workers.data();
  if (number * 7 % 10 >= ill_of_ten_) return;
  person.is_ill = true;
  if (!person.busy_with.empty()) return;
  const auto reply = node_.run({EntityKind::technician, person.worker->id}, "set_availability",
                               text("availability", "off"), company_.supervisor);
  person.is_off = std::holds_alternative<entity::Outcome>(reply);
  hear();
}

void People::answer(Person& person) {
  const auto orders = person.orders;
  for (const auto& id : orders) {
    auto& order = orders_.at(id);
    if (order.doing != Doing::offered || !order.answers_at || *order.answers_at > node_.now())
      continue;
    order.answers_at.reset();
    if (chance_.unit("decline " + id, person.worker->id) < 0.05)
      does(person, id, "decline", text("reason", "too_far"));
    else does(person, id, "accept");
  }
}

/// To the first of what was accepted, so as to be there in time.
void People::set_out(Person& person) {
  const auto now = node_.now();
  const auto& worker = *person.worker;
  const bool is_free = now >= worker.from && now < worker.to && !person.is_ill &&
                       (now < worker.break_from || now >= worker.break_to);
  if (!is_free) return;
  const Id* first = nullptr;
  for (const auto& id : person.orders)
    if (orders_.at(id).doing == Doing::accepted &&
        (!first || orders_.at(id).slot.from < orders_.at(*first).slot.from))
      first = &id;
  if (!first) return;
  const auto id = *first;
  const auto& order = orders_.at(id);
  if (now + mean_way(person.at, order.wish->place) + 2min < order.slot.from) return;
  if (!does(person, id, "depart")) return;
  orders_.at(id).doing = Doing::traveling;
  person.busy_with = id;
  person.from = person.at;
  person.left = now;
  person.next = now + way(person.at, order.wish->place, id);
  tell_place(person);
}

void People::go_on(Person& person) {
  const auto id = person.busy_with;
  auto& order = orders_.at(id);
  const auto now = node_.now();
  if (order.doing == Doing::traveling && now >= person.next) {
    person.at = order.wish->place;
    tell_place(person);
    const Json here{{"lat", person.at.lat}, {"lon", person.at.lon}};
    if (does(person, id, "arrive", to_text(here))) order.doing = Doing::on_site;
  } else if (order.doing == Doing::traveling && now >= person.told + position_every) {
    const auto part = static_cast<double>((now - person.left).count()) /
                      static_cast<double>((person.next - person.left).count());
    const auto& to = order.wish->place;
    person.at = {person.from.lat + (to.lat - person.from.lat) * part,
                 person.from.lon + (to.lon - person.from.lon) * part};
    tell_place(person);
  } else if (order.doing == Doing::on_site) {
    // Clients expect them at the time they were told, and not much before.
    auto begin = order.slot.from - 10min;
    if (order.wish->window) begin = std::max(begin, order.wish->window->from);
    if (now < begin || !does(person, id, "start")) return;
    order.doing = Doing::working;
    const auto luck = chance_.between(0.7, 1.0, "work", id) +
                      0.5 * chance_.unit("trouble", id) * chance_.unit("bad luck", id);
    person.next = now + seconds(static_cast<double>(order.wish->duration.count()) / 1000 * luck);
  } else if (order.doing == Doing::working && now >= person.next) {
    does(person, id, "complete", text("note", "listo"));
  }
}

void People::tell_place(Person& person) {
  person.told = node_.now();
  const auto at = static_cast<double>(to_millis(node_.now()));
  const Json trail{{"points", {{at, person.at.lat, person.at.lon, 8.0}}}};
  node_.yes({EntityKind::technician, person.worker->id}, "record_trail", to_text(trail),
            Principal::system());
}

void People::interfere() {
  const auto at = format_rfc3339(node_.now());
  for (const auto& [id, order] : orders_) {
    if (order.doing == Doing::over || chance_.unit("interfere " + at, id) > 0.002) continue;
    const auto& worker = company_.workers[static_cast<std::size_t>(
        chance_.unit("whom " + at, id) * static_cast<double>(company_.workers.size()))];
    const auto what = chance_.unit("what " + at, id);
    const auto tries = [&](std::string_view verb, const Json& body) {
      static_cast<void>(
          node_.run({EntityKind::work_order, id}, verb, to_text(body), company_.supervisor));
    };
    if (order.doing != Doing::waiting && what < 0.5) tries("unassign", {{"reason", "other"}});
    else if (order.doing != Doing::waiting) tries("reassign", {{"technician", worker.id}});
    else if (what < 0.2) tries("pin", Json::object());
    else if (what < 0.4) tries("unpin", Json::object());
    else if (what < 0.7) tries("assign", {{"technician", worker.id}});
    else
      tries("schedule", {{"technician", worker.id}, {"from", format_rfc3339(node_.now() + 50min)}});
  }
  hear();
}

void People::find_technicians(bool only_escalated) {
  hear();
  std::vector<std::pair<Id, Order*>> waiting;
  for (auto& [id, order] : orders_)
    if (order.doing == Doing::waiting && !order.is_planned &&
        order.looked_at_after <= node_.now() && (order.is_escalated || !only_escalated))
      waiting.emplace_back(id, &order);
  std::ranges::sort(waiting, [](const auto& a, const auto& b) {
    return std::tie(a.second->wish->priority, a.second->wish->at, a.first) <
           std::tie(b.second->wish->priority, b.second->wish->at, b.first);
  });
  for (auto& [id, order] : waiting)
    if (!find_technician(id, *order)) order->looked_at_after = node_.now() + looks_again_after;
}

/// Whoever is there soonest from where they are now, of those who have at most one order more to
/// do.
bool People::find_technician(const Id& id, Order& order) {
  struct Candidate {
    Duration arrives{};
    Id technician;
  };
  const auto now = node_.now();
  std::vector<Candidate> candidates;
  for (const auto& [name, person] : people_) {
    const auto& worker = *person.worker;
    const bool can = now >= worker.from && now < worker.to && !person.is_ill &&
                     std::ranges::find(worker.skills, order.wish->skill) != worker.skills.end();
    if (!can || person.orders.size() > 1) continue;
    auto free_at = now;
    for (const auto& other : person.orders) free_at = std::max(free_at, orders_.at(other).slot.to);
    candidates.push_back({free_at - now + mean_way(person.at, order.wish->place), name});
  }
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return std::tie(a.arrives, a.technician) < std::tie(b.arrives, b.technician);
  });
  constexpr std::size_t tries_max = 3;
  for (std::size_t i = 0; i < std::min(tries_max, candidates.size()); ++i) {
    const auto reply = node_.run({EntityKind::work_order, id}, "assign",
                                 text("technician", candidates[i].technician), company_.supervisor);
    hear();
    if (std::holds_alternative<entity::Outcome>(reply)) return true;
  }
  return false;
}

}  // namespace mf::bench
