#include "bench/days/day_checker.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "base/json.hpp"
#include "bench/days/day_checker_duty.hpp"

namespace mf::bench {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

Timestamp time_of(const Json& json) {
  const auto time = parse_rfc3339(json.get<std::string>());
  if (!time) throw std::runtime_error("not a time: " + json.get<std::string>());
  return *time;
}

auto local_day(Timestamp at) { return std::chrono::floor<std::chrono::days>(at - 5h); }

std::vector<Stretch> windows_of(const Json& list) {
  std::vector<Stretch> windows;
  for (const auto& window : list)
    windows.push_back({time_of(window.at("from")), time_of(window.at("to"))});
  return windows;
}

std::map<std::string, int> skills_of(const Json& list) {
  std::map<std::string, int> skills;
  for (const auto& skill : list) skills[skill.at("skill")] = skill.value("level", 1);
  return skills;
}

enum class Doing : std::uint8_t { nothing, offered, accepted, traveling, on_site, working, paused };

struct Order {
  Id zone;
  std::map<std::string, int> skills;
  std::vector<Stretch> windows;
  std::optional<Point> site;
  Id technician;  ///< of the plan or the visit
  std::optional<Stretch> promised;
  Doing doing = Doing::nothing;
  bool is_open = false;  ///< triaged, and not over
  bool is_escalated = false;
  std::set<std::pair<Id, std::chrono::sys_days>> no;  ///< who is not to be asked, on which day
};

struct Technician {
  std::map<std::string, int> skills;
  std::set<Id> zones;
  KnownDuty duty;
  bool is_off = false;
  std::set<Id> orders;  ///< planned, offered, or being done
  struct Seen {
    Id order;
    Timestamp at{};
  };
  std::optional<Seen> seen;  ///< at a site for sure
};

/// One event on its way through the rules.
struct Event {
  std::string type;
  Id id;
  Timestamp at{};
  bool is_dispatchers = false;  ///< by the system: a dispatcher, a reaction or a timer
  const Json& data;
};

}  // namespace

class DayChecker::Impl {
 public:
  explicit Impl(Limits limits) : limits_(limits) {}

  void take(std::string_view line) {
    const auto json = parse_json(line);
    if (!json.is_object() || !json.contains("type") || !json.contains("entity"))
      throw std::runtime_error("not an event: " + std::string(line));
    const auto entity = json.at("entity").get<std::string>();
    const auto slash = entity.find('/');
    const Event event{json.at("type"), entity.substr(slash + 1), time_of(json.at("recorded_at")),
                      json.value("principal", "") == "system", json.at("data")};
    const auto kind = entity.substr(0, slash);
    if (kind == "technician") technician(event);
    if (kind == "work_order") order(event);
  }

  void waiting(const std::map<Id, std::string>& reasons, Timestamp at) {
    for (const auto& [id, order] : orders_) {
      if (!order.is_open || !order.technician.empty()) continue;
      const auto found = reasons.find(id);
      if (found == reasons.end() || found->second.empty())
        find("no_reason", id, "", at, "nobody has it");
    }
  }

  Limits limits_;
  std::map<Id, Order> orders_;
  std::map<Id, Technician> technicians_;
  std::vector<Finding> findings_;
  std::size_t promises_ = 0, moves_ = 0;
  Timestamp last_;

 private:
  void find(std::string kind, const Id& order, const Id& technician, Timestamp at,
            std::string detail) {
    findings_.push_back({std::move(kind), order, technician, at, std::move(detail)});
  }

  void technician(const Event& e) {
    auto& t = technicians_[e.id];
    last_ = e.at;
    const auto learn = [&](const Json& profile) {
      if (profile.contains("skills")) t.skills = skills_of(profile["skills"]);
      if (profile.contains("zones")) t.zones = profile["zones"].get<std::set<Id>>();
      if (profile.contains("disabled") && profile["disabled"].is_boolean())
        t.is_off = profile["disabled"].get<bool>();
      t.duty.learn(to_text(profile));
    };
    if (e.type == "technician.created") learn(e.data);
    if (e.type == "technician.edited") learn(e.data.at("changes"));
    if (e.type == "technician.availability_changed") t.is_off = e.data.at("to") == "off";
  }

  void order(const Event& e) {
    auto& o = orders_[e.id];
    last_ = e.at;
    if (!e.is_dispatchers && !e.type.starts_with("order.commented")) o.is_escalated = false;
    learn(o, e);
    if (e.type == "order.triaged") o.is_open = true;
    else if (e.type == "order.escalated") o.is_escalated = true;
    else if (e.type == "order.scheduled") scheduled(o, e);
    else if (e.type == "assignment.created") offered(o, e);
    else if (e.type == "assignment.reassigned") offered(o, e);
    else if (e.type == "assignment.accepted") o.doing = Doing::accepted;
    else if (e.type == "assignment.declined") lost(o, e, true);
    else if (e.type == "assignment.expired") lost(o, e, true);
    else if (e.type == "assignment.revoked") lost(o, e, e.data.value("code", "") == "unassigned");
    else if (e.type == "assignment.slot_changed") slot_changed(o, e);
    else if (e.type == "order.rescheduled") lost(o, e, false);
    else if (e.type == "order.cancelled" || e.type == "order.rejected") over(o, e);
    else if (e.type == "tracking.work_failed" || e.type == "tracking.work_completed") over(o, e);
    else if (e.type == "order.followup_required") over(o, e), o.is_open = true;
    else if (e.type == "order.returned" || e.type == "order.retried") o.is_open = true;
    else if (e.type.starts_with("tracking.")) went_on(o, e);
  }

  static void learn(Order& o, const Event& e) {
    const auto& d = e.data;
    if (e.type == "order.created") o.zone = d.value("zone", "");
    if (e.type == "order.contact_changed" && d.contains("zone")) o.zone = d["zone"];
    const bool has_terms =
        e.type == "order.created" || e.type == "order.triaged" || e.type == "order.edited";
    if (has_terms && d.contains("skills") && d["skills"].is_array())
      o.skills = skills_of(d["skills"]);
    if ((has_terms || e.type == "order.rescheduled") && d.contains("windows"))
      o.windows = d["windows"].is_array() ? windows_of(d["windows"]) : std::vector<Stretch>{};
  }

  // What is promised, and to whom.

  void scheduled(Order& o, const Event& e) {
    const auto technician = e.data.contains("plan") ? e.data["plan"].value("technician", "") : "";
    promise(o, e, technician);
    o.doing = Doing::nothing;
  }

  void offered(Order& o, const Event& e) {
    const bool is_other = e.type == "assignment.reassigned";
    const Id technician = e.data.at("technician");
    const bool has_visit = o.doing != Doing::nothing;
    if (has_visit && !is_other) find("offered_twice", e.id, technician, e.at, "it has a visit");
    if (e.is_dispatchers) {
      if (o.is_escalated) find("too_many_offers", e.id, technician, e.at, "it was escalated");
      if (o.no.contains({technician, local_day(e.at)}))
        find("asked_again", e.id, technician, e.at, "said no, or lost it, the same day");
      const auto offers = std::ranges::count_if(technicians_[technician].orders, [&](const Id& id) {
        return id != e.id && orders_[id].doing == Doing::offered;
      });
      if (offers >= limits_.offers_per_technician)
        find("too_many_at_once", e.id, technician, e.at, std::to_string(offers) + " wait already");
    } else if (is_other) {
      o.no.insert({e.data.at("previous_technician"), local_day(e.at)});
    }
    promise(o, e, technician);
    o.doing = e.data.contains("offer_expires_at") || e.data.contains("offer_left_ms")
                  ? Doing::offered
                  : Doing::accepted;
  }

  void promise(Order& o, const Event& e, const Id& technician) {
    const Stretch slot{time_of(e.data.at("from")), time_of(e.data.at("to"))};
    const bool is_moved =
        o.promised &&
        (o.promised->from != slot.from ||
         (!o.technician.empty() && !technician.empty() && o.technician != technician));
    if (is_moved) {
      ++moves_;
      if (e.is_dispatchers && e.data.value("reason", "").empty())
        find("moved_silently", e.id, technician, e.at,
             format_rfc3339(o.promised->from) + " became " + format_rfc3339(slot.from));
    }
    ++promises_;
    if (!o.technician.empty()) technicians_[o.technician].orders.erase(e.id);
    o.promised = slot;
    o.technician = technician;
    if (technician.empty()) return;
    auto& t = technicians_[technician];
    if (!e.data.value("override", false)) judge(o, t, technician, slot, e);
    t.orders.insert(e.id);
  }

  void judge(const Order& o, const Technician& t, const Id& technician, const Stretch& slot,
             const Event& e) {
    const auto wrong = [&](const char* kind, std::string detail) {
      find(kind, e.id, technician, e.at, std::move(detail));
    };
    for (const auto& [skill, level] : o.skills) {
      const auto held = t.skills.find(skill);
      if (held == t.skills.end() || held->second < level) wrong("skill_missing", skill);
    }
    if (!t.zones.contains(o.zone)) wrong("wrong_zone", o.zone);
    if (t.is_off || !t.duty.covers(slot))
      wrong("off_duty", format_rfc3339(slot.from) + " to " + format_rfc3339(slot.to));
    const auto allows = [&](const Stretch& w) { return w.from <= slot.from && slot.from <= w.to; };
    if (!o.windows.empty() && std::ranges::none_of(o.windows, allows))
      wrong("outside_window", format_rfc3339(slot.from));
    for (const auto& other : t.orders)
      if (other != e.id) judge(o, orders_.at(other), other, slot, e.is_dispatchers, wrong);
  }

  void judge(const Order& o, const Order& other, const Id& name, const Stretch& slot,
             bool is_dispatchers, const auto& wrong) {
    const auto& theirs = *other.promised;
    if (slot.from < theirs.to && theirs.from < slot.to) return wrong("overlap", name);
    // Work under way ends when it ends: its promised time tells nothing any more. And people may
    // promise what they can't keep.
    if (other.doing > Doing::accepted || !is_dispatchers || !o.site || !other.site) return;
    const auto gap = slot.from >= theirs.to ? slot.from - theirs.to : theirs.from - slot.to;
    const auto way = distance_m(*o.site, *other.site) / limits_.drive_m_per_s;
    if (static_cast<double>((gap + limits_.grain).count()) / 1000 < way)
      wrong("no_time_for_way", name + ": " + std::to_string(static_cast<int>(way)) + " s of way");
  }

  void slot_changed(Order& o, const Event& e) {
    o.promised = {time_of(e.data.at("from")), time_of(e.data.at("to"))};
  }

  void lost(Order& o, const Event& e, bool is_no) {
    if (is_no) o.no.insert({e.data.value("technician", ""), local_day(e.at)});
    leave(o, e.id);
  }

  void over(Order& o, const Event& e) {
    if (o.doing >= Doing::on_site) technicians_[o.technician].seen = {e.id, moment(e)};
    leave(o, e.id);
    o.is_open = false;
  }

  void leave(Order& o, const Id& id) {
    if (!o.technician.empty()) technicians_[o.technician].orders.erase(id);
    o.technician.clear();
    o.promised.reset();
    o.doing = Doing::nothing;
  }

  // What was really done.

  static Timestamp moment(const Event& e) {
    return e.data.contains("at") ? time_of(e.data["at"]) : e.at;
  }

  void went_on(Order& o, const Event& e) {
    if (e.type == "tracking.travel_started") begin(o, e, Doing::traveling);
    else if (e.type == "tracking.arrived") be_there(o, e), o.doing = Doing::on_site;
    else if (e.type == "tracking.work_started") begin(o, e, Doing::working), be_there(o, e);
    else if (e.type == "tracking.work_paused") o.doing = Doing::paused;
    else if (e.type == "tracking.work_resumed") begin(o, e, Doing::working);
  }

  void begin(Order& o, const Event& e, Doing what) {
    for (const auto& other : technicians_[o.technician].orders)
      if (other != e.id && orders_[other].doing == what)
        find("two_places", e.id, o.technician, e.at, other + " is under way, too");
    o.doing = what;
  }

  void be_there(Order& o, const Event& e) {
    auto& seen = technicians_[o.technician].seen;
    const auto at = moment(e);
    if (seen && seen->order != e.id && o.site && orders_[seen->order].site) {
      const auto metres = distance_m(*o.site, *orders_[seen->order].site);
      const auto seconds = static_cast<double>((at - seen->at).count()) / 1000;
      if (metres > 111 && seconds * limits_.person_m_per_s < metres)
        find("two_places", e.id, o.technician, e.at,
             std::to_string(static_cast<int>(metres)) + " m from " + seen->order);
    }
    seen = {e.id, at};
  }
};

DayChecker::DayChecker(Limits limits) : impl_(std::make_unique<Impl>(limits)) {}
DayChecker::~DayChecker() = default;
void DayChecker::site(const Id& order, Point place) { impl_->orders_[order].site = place; }
void DayChecker::take(std::string_view line) { impl_->take(line); }
void DayChecker::waiting(const std::map<Id, std::string>& reasons) {
  impl_->waiting(reasons, impl_->last_);
}
const std::vector<Finding>& DayChecker::findings() const { return impl_->findings_; }
std::size_t DayChecker::promises() const { return impl_->promises_; }
std::size_t DayChecker::moves() const { return impl_->moves_; }

std::string describe(const Finding& f) {
  return f.kind + " " + f.order + " " + f.technician + " " + format_rfc3339(f.at) + " " + f.detail;
}

}  // namespace mf::bench
