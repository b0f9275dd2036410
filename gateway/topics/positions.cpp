#include "gateway/topics/positions.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <cmath>

#include "base/json_member.hpp"
#include "base/json_text.hpp"
#include "base/log.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/topics/commands_out.hpp"
#include "gateway/topics/encode.hpp"

namespace mf::gateway::topics {
namespace {

constexpr auto push_interval = std::chrono::seconds(1);
constexpr auto trail_interval = std::chrono::minutes(1);
constexpr std::size_t trail_points_max = 60;
constexpr double accuracy_unknown = -1;  // in a trail, whose points are numbers
constexpr std::string_view en_route = "EN_ROUTE";

Fence::Rules fence_rules(IoThread& thread) {
  const auto& fence = thread.shared().options.fence;
  return {fence.radius_m, fence.stay};
}

/// Where a row of an order says that its technician travels to.
std::optional<Fence::Site> site_of(const std::string& row) {
  const auto order = parse_json(row);
  if (!order.contains("lat") || !order.contains("lon") || !order["lat"].is_number() ||
      !order["lon"].is_number())
    return {};
  return Fence::Site{text_member(order, "id"), text_member(order, "visit"),
                     order["lat"].get<double>(), order["lon"].get<double>()};
}

const Rejection hidden{RejectionKind::not_found, "not_found", "no such object"_en, {}};

/// Three decimals are 111 m of latitude, and no more of longitude.
double rounded(double degrees) { return std::round(degrees * 1000) / 1000; }

void add_reading(json::Object& out, std::string_view name, std::optional<double> reading) {
  if (reading) out.add(name, *reading);
  else out.add_raw(name, "null");
}

/// Whoever sees where somebody is leaves a trace of having looked.
void told_look(const Subscription& sub) {
  auth::tell({.event = "position-looked",
              .account = sub.who->principal().account,
              .username = {},
              .address = {},
              .route = "stream",
              .code = {},
              .target = sub.topic.id});
}

}  // namespace

std::string position_json(const Id& technician, const Position& p, entity::Viewpoint as) {
  const bool is_coarse = as == entity::Viewpoint::client;
  json::Object out;
  out.add("technician", technician)
      .add("lat", is_coarse ? rounded(p.lat) : p.lat)
      .add("lon", is_coarse ? rounded(p.lon) : p.lon);
  if (!is_coarse) {
    add_reading(out, "accuracy", p.accuracy);
    add_reading(out, "speed", p.speed);
    add_reading(out, "heading", p.heading);
    // The time is ours: the phone's was too far off to be believed.
    if (p.clock_offset != Duration{0}) out.add("clock_offset_ms", p.clock_offset.count());
  }
  return out.add("at", format_rfc3339(p.at)).text();
}

std::string position_schema() {
  const auto reading = [](const char* what) {
    return R"({"type":["number","null"],"description":")" + std::string(what) +
           R"( Null: the phone does not know."})";
  };
  return R"({"type":"object","properties":{"technician":{"type":"string"},)"
         R"("lat":{"type":"number"},"lon":{"type":"number"},"accuracy":)" +
         reading("In metres.") + R"(,"speed":)" + reading("In metres per second.") +
         R"(,"heading":)" + reading("In degrees from north, clockwise.") +
         R"(,"clock_offset_ms":{"type":"integer","description":"How far the phone's clock is )"
         R"(ahead of ours: `at` is then ours."},"at":{"type":"string","format":"date-time"}},)"
         R"("required":["technician","lat","lon","at"]})";
}

void Positions::open(const SubscriptionPtr& sub, const std::optional<std::string>&) {
  places_[sub->topic.id].subscribers.push_back(sub);
  const Principal& by = sub->who->principal();
  if (!by.tracked_order.empty()) return allow_tracking(sub);
  if (by.technician == sub->topic.id) return accept(sub, entity::Viewpoint::staff, {});
  if (by.has(Role::supervisor) || by.is_administrator()) return allow_supervisor(sub);
  if (by.has(Role::client)) return allow_client(sub);
  refuse(sub, hidden);
}

void Positions::allow_supervisor(const SubscriptionPtr& sub) {
  thread_.read({EntityKind::technician, sub->topic.id}, sub->who->principal(),
               [this, sub](const views::ReadReply& reply) {
                 if (sub->closed) return;
                 if (reply.fault) return refuse(sub, *reply.fault);
                 if (!reply.no && reply.viewpoint == entity::Viewpoint::staff) {
                   if (!sub->answered) told_look(*sub);
                   return accept(sub, entity::Viewpoint::staff, {});
                 }
                 if (sub->who->principal().has(Role::client)) return allow_client(sub);
                 refuse(sub, hidden);
               });
}

void Positions::allow_client(const SubscriptionPtr& sub) {
  views::ListQuery query;
  query.client = sub->who->principal().client;
  query.technician = sub->topic.id;
  query.status = {std::string(en_route)};
  query.limit = 1;
  if (query.client.empty()) return refuse(sub, hidden);
  thread_.list(
      std::move(query), entity::Viewpoint::client, [this, sub](const views::ListReply& reply) {
        if (sub->closed) return;
        if (reply.fault) return refuse(sub, *reply.fault);
        if (reply.rows.empty()) return refuse(sub, hidden);
        accept(sub, entity::Viewpoint::client, text_member(parse_json(reply.rows.front()), "id"));
      });
}

void Positions::allow_tracking(const SubscriptionPtr& sub) {
  const Id order = sub->who->principal().tracked_order;
  thread_.read({EntityKind::work_order, order}, sub->who->principal(),
               [this, sub, order](const views::ReadReply& reply) {
                 if (sub->closed) return;
                 if (reply.fault) return refuse(sub, *reply.fault);
                 const bool may = !reply.no && reply.concerns.technician == sub->topic.id &&
                                  text_member(parse_json(reply.json), "status") == en_route;
                 if (!may) return refuse(sub, hidden);
                 accept(sub, entity::Viewpoint::client, order);
               });
}

void Positions::accept(const SubscriptionPtr& sub, entity::Viewpoint as, std::string order) {
  sub->as = as;
  sub->order = std::move(order);
  sub->state = Subscription::State::live;
  if (sub->answered) return;
  const Position& known = places_[sub->topic.id].position;
  json::Object ok;
  ok.add("at", make_token(thread_.runtime().era(), to_millis(known.at)))
      .add_raw("snapshot",
               known.at == Timestamp{} ? "null" : position_json(sub->topic.id, known, as));
  sub->who->send(ok_frame(sub->request, ok.members()));
  sub->answered = true;
}

void Positions::refuse(const SubscriptionPtr& sub, const Refusal& why) {
  close(sub);
  sub->closed = true;
  if (!sub->answered) return sub->who->refused(sub, why);
  const auto* no = std::get_if<Rejection>(&why);
  sub->who->lost(sub, no ? std::string_view(no->code) : "unavailable");
}

void Positions::close(const SubscriptionPtr& sub) {
  const auto place = places_.find(sub->topic.id);
  if (place == places_.end()) return;
  std::erase(place->second.subscribers, sub);
  const bool is_unknown = place->second.position.at == Timestamp{};
  if (place->second.subscribers.empty() && is_unknown) places_.erase(place);
}

void Positions::on_change(const shard::Change& change) {
  if (change.entity.kind != EntityKind::work_order) return;
  see_travel(change);
  for (const Id& technician : {change.before.technician, change.concerns.technician}) {
    const auto place = places_.find(technician);
    if (place == places_.end()) continue;
    if (change.concerns.technician == technician && change.after->status() == en_route) continue;
    const auto subscribers = place->second.subscribers;  // refuse() takes them out
    for (const auto& sub : subscribers)
      if (!sub->closed && sub->order == change.entity.id)
        refuse(sub, Rejection{RejectionKind::forbidden,
                              "not_en_route",
                              "the technician is not on the way"_en,
                              {}});
  }
}

void Positions::recheck(const SubscriptionPtr& sub) {
  const Principal& by = sub->who->principal();
  if (!by.tracked_order.empty()) return allow_tracking(sub);
  if (by.technician == sub->topic.id) return;
  if (by.has(Role::supervisor) || by.is_administrator()) return allow_supervisor(sub);
  if (by.has(Role::client)) return allow_client(sub);
  refuse(
      sub,
      Rejection{
          RejectionKind::forbidden, "forbidden", "this position is not for you any more"_en, {}});
}

/// Positions of a technician nobody has heard of yet are no reason to look at each change.
void Positions::see_travel(const shard::Change& change) {
  const bool is_en_route = change.after->status() == en_route;
  for (const Id& technician : {change.before.technician, change.concerns.technician}) {
    const auto found = places_.find(technician);
    if (found == places_.end()) continue;
    auto& place = found->second;
    if (is_en_route && technician == change.concerns.technician)
      place.fence.watch(site_of(change.after->row(entity::Viewpoint::staff)));
    else if (place.fence.site() && place.fence.site()->order == change.entity.id)
      place.fence.watch({});
  }
}

/// Where it travels to since before this thread knew of it.
void Positions::ask_travel(const Id& technician, Place& place) {
  if (std::exchange(place.is_travel_known, true) || !thread_.shared().options.fence.is_watched)
    return;
  views::ListQuery query;
  query.technician = technician;
  query.status = {std::string(en_route)};
  query.limit = 1;
  thread_.list(std::move(query), entity::Viewpoint::staff,
               [this, technician](const views::ListReply& reply) {
                 auto& known = places_[technician];
                 if (reply.fault) known.is_travel_known = false;
                 else if (!reply.rows.empty() && !known.fence.site())
                   known.fence.watch(site_of(reply.rows.front()));
               });
}

/// The order is told once for a visit: whoever tells it says the same.
void Positions::reach(const Id& technician, const Fence::Site& site, const Position& position) {
  const auto body = fmt::format(R"({{"visit":"{}","lat":{},"lon":{},"at":"{}"}})", site.visit,
                                position.lat, position.lon, format_rfc3339(position.at));
  auto command = entity::system_command(
      thread_.runtime().kinds().of(EntityKind::work_order), {EntityKind::work_order, site.order},
      "reach_site", body, blake2b_128({"fence", site.order, body}), entity::Origin::person);
  if (!command) return log::error(log::live, "command-refused", {{"verb", "reach_site"}});
  command->deadline = thread_.now() + thread_.shared().options.deadlines.command;
  command->trace = to_hex(random_bytes(16));
  thread_.submit(std::move(*command), [this, technician](const entity::Reply& reply) {
    if (!std::holds_alternative<entity::Fault>(reply)) return;
    if (const auto place = places_.find(technician); place != places_.end())
      place->second.fence.forget();
  });
}

bool Positions::is_credible(Place& place, const Position& next) {
  const bool is_first = place.position.at == Timestamp{};
  const bool is_agreed = place.doubted && !is_jump(*place.doubted, next);
  if (is_first || is_agreed || !is_jump(place.position, next)) {
    place.doubted.reset();
    return true;
  }
  place.doubted = next;
  return false;
}

std::optional<Duration> Positions::report(const Id& technician, std::vector<Position> positions) {
  Place& place = places_[technician];
  ask_travel(technician, place);
  const auto offset = place.clock.correct(positions, thread_.now());
  bool is_news = false;
  for (const Position& p : positions) {
    if (p.at <= place.position.at || !is_credible(place, p)) continue;
    place.position = p;
    is_news = true;
    if (place.fence.see(p, thread_.now(), fence_rules(thread_)))
      reach(technician, *place.fence.site(), p);
    if (place.trail.empty()) trails_.push_back(technician);
    // A minute's trail is a sketch: what comes after the sixtieth point replaces the last one.
    if (place.trail.size() == trail_points_max) place.trail.back() = p;
    else place.trail.push_back(p);
  }
  if (!is_news) return offset;
  push(technician, place, steady_now());
  for (Positions* other : others_)
    boost::asio::post(other->thread_.io(),
                      [other, technician, p = place.position] { other->hear(technician, p); });
  return offset;
}

void Positions::hear(const Id& technician, const Position& position) {
  Place& place = places_[technician];
  if (position.at <= place.position.at) return;
  place.position = position;
  // Told by the thread where it came in; here it is known should the next come in here.
  static_cast<void>(place.fence.see(position, thread_.now(), fence_rules(thread_)));
  push(technician, place, steady_now());
}

std::optional<Position> Positions::latest(const Id& technician) const {
  const auto place = places_.find(technician);
  if (place == places_.end() || place->second.position.at == Timestamp{}) return std::nullopt;
  return place->second.position;
}

void Positions::push(const Id& technician, Place& place, SteadyTime now) {
  if (place.subscribers.empty()) return;
  if (now - place.pushed < push_interval) {
    if (!place.is_waiting) waiting_.push_back(technician);
    place.is_waiting = true;
    return;
  }
  place.pushed = now;
  place.is_waiting = false;
  Frame exact, coarse;
  const std::uint64_t key = xxh3_64("position:" + technician) | 1;
  for (const auto& sub : place.subscribers) {
    if (sub->state != Subscription::State::live) continue;
    Frame& frame = sub->as == entity::Viewpoint::client ? coarse : exact;
    if (!frame) frame = encode(technician, place, sub->as);
    sub->who->send_latest(key, frame);
  }
}

Frame Positions::encode(const Id& technician, const Place& place, entity::Viewpoint as) const {
  return pub_frame("position:" + technician,
                   make_token(thread_.runtime().era(), to_millis(place.position.at)),
                   position_json(technician, place.position, as));
}

void Positions::tick(SteadyTime now) {
  const auto waiting = std::move(waiting_);
  waiting_.clear();
  for (const Id& technician : waiting) {
    const auto place = places_.find(technician);
    if (place == places_.end()) continue;
    place->second.is_waiting = false;
    push(technician, place->second, now);
  }
  std::erase_if(trails_, [&](const Id& technician) {
    Place& place = places_[technician];
    if (now - place.trail_written < trail_interval) return false;
    place.trail_written = now;
    write_trail(technician, place);
    return true;
  });
}

void Positions::write_trail(const Id& technician, Place& place) {
  std::string body = "{\"points\":[";
  for (const Position& p : place.trail) {
    if (body.back() != '[') body += ',';
    body += fmt::format("[{},{},{},{}]", to_millis(p.at), p.lat, p.lon,
                        p.accuracy.value_or(accuracy_unknown));
  }
  body += "]}";
  place.trail = {};
  auto command = technician_command(thread_, technician, "record_trail", body, Principal::system());
  if (command) thread_.submit(std::move(*command), [](const entity::Reply&) {});
}

}  // namespace mf::gateway::topics
