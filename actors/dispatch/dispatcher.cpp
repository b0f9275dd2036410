#include "actors/dispatch/dispatcher.hpp"

#include <algorithm>
#include <tuple>

#include "actors/dispatch/silence.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;

/// Whoever was away so long asks for the whole board again before it plans.
constexpr Duration away_max = 20s;
/// A row that should show our command and doesn't: the picture is behind, and asked for anew.
constexpr Duration row_patience = 5s, board_patience = 10s, idle_wake = 5s, tick_every = 1min;
constexpr Duration pause_min = 500ms, pause_max = 30s;
constexpr std::size_t runs_max = 50, in_flight_max = 32;
/// In one step, for what comes meanwhile waits for its end: a millisecond or so for each in a zone
/// of hundreds. What is tried again waits for a step without anything new.
constexpr std::size_t tries_max = 3, retries_max = 1;

/// Looks ids up in a map, one after the other in their order: a whole board costs one walk.
template <class Map>
struct Beside {
  explicit Beside(Map& all) : map(all), at(all.begin()) {}
  [[nodiscard]] bool has(const Id& id) {
    while (at != map.end() && at->first < id) ++at;
    return at != map.end() && at->first == id;
  }
  Map& map;
  decltype(map.begin()) at;
};

/// What only another technician could help with.
bool is_about_technician(std::string_view code) {
  constexpr std::string_view codes[] = {"agenda_overlap",     "agenda_full",   "off_shift",
                                        "technician_off",     "skill_missing", "wrong_zone",
                                        "technician_disabled"};
  return std::ranges::find(codes, code) != std::end(codes);
}

}  // namespace

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::off: return "off";
    case Mode::suggest: return "suggest";
    case Mode::automatic: break;
  }
  return "automatic";
}

void Dispatcher::consult(bool is_consulted) {
  is_consulted_ = is_consulted;
  if (!keeps_day()) day_.reset();
}

void Dispatcher::set(Mode mode) {
  if (mode == mode_) return;
  mode_ = mode;
  is_changed_ = true;
  proposals_.clear();
  found_.clear();
  exchange_.reset();
  for (auto& [id, memory] : memory_) memory.is_done = false;
  if (mode != Mode::off) return;
  day_.reset();
  memory_.clear();
  awaited_.clear();
  waiting_.clear();
  looked_.clear();
  silent_.clear();
  unready_since_.reset();
  is_searching_ = false;
}

void Dispatcher::take(const views::BoardReply& snapshot) {
  board_asked_.reset();
  picture_.take(snapshot);
}

Step Dispatcher::step(Timestamp now) {
  Step step;
  step.wake_at = now + idle_wake;
  step.runs = std::exchange(told_, {});
  const bool was_away = last_step_ && (now - *last_step_ > away_max || now < *last_step_);
  last_step_ = now;
  if (was_away) picture_.lose();
  if (!keeps_day()) {
    if (has_picture(now, step)) static_cast<void>(picture_.take_changes());
    step.is_changed = std::exchange(is_changed_, false);
    return step;
  }
  if (see_board(now, step) && mode_ != Mode::off) {
    if (now < resume_at_) {
      step.wake_at = std::min(step.wake_at, resume_at_);
    } else {
      explained_ = 0;
      has_more_ = false;
      if (exchange_) go_on(now, step);
      const auto list = to_do(now);
      for (const auto* order : list)
        if (!is_under_way(order->id)) decide(*order, now, step);  // it may have given way just now
      if (list.empty() && sent_.empty() && awaited_.empty()) use_spare_time(now, step);
      if (has_more_ && sent_.size() < in_flight_max) step.wake_at = now;
    }
  }
  step.is_changed = std::exchange(is_changed_, false) || !step.runs.empty();
  return step;
}

/// Whether there is a picture; asks for one otherwise.
bool Dispatcher::has_picture(Timestamp now, Step& step) {
  if (picture_.is_ready()) return true;
  const bool is_asked =
      board_asked_ && now >= *board_asked_ && now - *board_asked_ < board_patience;
  if (!is_asked) {
    step.wants_board = true;
    board_asked_ = now;
  }
  step.wake_at = std::min(step.wake_at, now + 1s);
  return false;
}

/// Whether there is a picture to plan from.
bool Dispatcher::see_board(Timestamp now, Step& step) {
  for (const auto& [order, what] : awaited_)
    if (now - what.since > row_patience) picture_.lose();
  if (!has_picture(now, step)) {
    if (!unready_since_) unready_since_ = now;
    // A snapshot may still be older than our commands: they count until they are seen.
    for (auto& [order, what] : awaited_) what.since = now;
    return false;
  }
  unready_since_.reset();
  const auto changes = picture_.take_changes();
  const bool has_changed =
      changes.is_new || !changes.orders.empty() || !changes.technicians.empty();
  if (has_changed) {
    ++changes_;
    is_changed_ = true;
    listen(now);
  }
  if (!day_ || !day_->follow(changes, now)) {
    Assumptions kept;
    if (day_)
      for (const auto& [order, what] : day_->assumptions())
        if (picture_.order(order)) kept.emplace(order, what);
    day_.emplace(picture_, std::move(kept), now, settings_.roads);
    next_tick_ = now + tick_every;
  } else if (now >= next_tick_) {
    day_->tick(now);
    next_tick_ = now + tick_every;
    ++changes_;
    drop_all_gone();
  }
  std::erase_if(silent_, [&](const auto& item) { return item.second <= now; });
  drop_stale_proposals();
  settle_awaited(now);
  drop_gone(changes);
  return true;
}

Duration Dispatcher::staleness(Timestamp now) const {
  auto since = unready_since_.value_or(now);
  for (const auto& [order, what] : awaited_) since = std::min(since, what.since);
  return std::max(now - since, Duration{0});
}

/// What our commands did is on the board by now, or will be.
void Dispatcher::settle_awaited(Timestamp now) {
  std::erase_if(awaited_, [&](const auto& item) {
    const auto* row = picture_.order(item.first);
    if (row && row->version < item.second.version) return false;
    if (!is_in_exchange(item.first)) day_->forget(item.first, now);
    return true;
  });
  // What was assumed and is neither under way nor awaited is on the board, or was refused.
  std::set<Id> open;
  for (const auto& [tag, sent] : sent_) open.insert(sent.order);
  std::vector<Id> stale;
  for (const auto& [order, what] : day_->assumptions())
    if (!open.contains(order) && !awaited_.contains(order) && !proposals_.contains(order) &&
        !is_in_exchange(order))
      stale.push_back(order);
  for (const auto& order : stale) day_->forget(order, now);
}

void Dispatcher::drop_gone(const Picture::Changes& changes) {
  if (changes.is_new) return drop_all_gone();
  for (const auto& id : changes.orders) {
    if (picture_.order(id)) continue;
    memory_.erase(id);
    waiting_.erase(id);
    looked_.erase(id);
  }
  for (const auto& id : changes.technicians)
    if (!picture_.technician(id)) looked_.erase(id);
}

void Dispatcher::drop_all_gone() {
  const auto is_gone = [&](const auto& item) { return !picture_.order(item.first); };
  std::erase_if(memory_, is_gone);
  std::erase_if(waiting_, is_gone);
  std::erase_if(looked_, [&](const auto& item) {
    return !picture_.order(item.first) && !picture_.technician(item.first);
  });
}

/// Who lets offers pass without a sign of life is left alone, and that is told once.
void Dispatcher::listen(Timestamp now) {
  auto silent = silent_until(picture_);
  std::erase_if(silent, [&](const auto& item) { return item.second <= now; });
  for (const auto& [id, until] : silent) {
    if (is_silent(id)) continue;
    const auto* technician = picture_.technician(id);
    note(nullptr, {.at = now,
                   .did = "silent",
                   .order = {},
                   .technician = id,
                   .code = {},
                   .technician_name = technician->name,
                   .why = "answers no offer"});
  }
  silent_ = std::move(silent);
}

/// A command about it was sent, or will be.
bool Dispatcher::is_under_way(const Id& order) const {
  return day_->is_assumed(order) && !proposals_.contains(order);
}

/// What is new before what is tried again, then by urgency.
std::vector<const OrderRow*> Dispatcher::to_do(Timestamp now) {
  struct Item {
    bool is_retry = false;
    const OrderRow* order = nullptr;
  };
  std::vector<Item> items;
  Beside memories(memory_);
  Beside assumed(day_->assumptions());
  Beside awaited(awaited_);
  for (const auto& [id, order] : picture_.orders()) {
    if (awaited.has(id) || (assumed.has(id) && !proposals_.contains(id))) continue;
    if (!memories.has(id)) memories.at = memory_.try_emplace(memories.at, id);
    auto& memory = memories.at->second;
    if (memory.version != order.version) {
      memory.version = order.version;
      memory.refused.clear();
      memory.explained = memory.stays_until = {};
      memory.is_done = false;
    }
    if (has_something_to_do(order, memory, now)) items.push_back({memory.is_done, &order});
  }
  std::ranges::sort(items, {}, [](const Item& item) {
    const auto& o = *item.order;
    return std::tuple(item.is_retry, o.priority, o.due.value_or(Timestamp::max()), o.created_at,
                      std::string_view(o.id));
  });
  const auto room = in_flight_max > sent_.size() ? in_flight_max - sent_.size() : 0;
  const auto fresh = static_cast<std::size_t>(std::ranges::count(items, false, &Item::is_retry));
  const auto most = std::min(fresh > 0 ? std::min(fresh, tries_max) : retries_max, room);
  has_more_ = items.size() > most;
  if (has_more_) items.resize(most);
  std::vector<const OrderRow*> list;
  list.reserve(items.size());
  for (const auto& item : items) list.push_back(item.order);
  return list;
}

void Dispatcher::take(std::uint64_t tag, const entity::Reply& verdict, Timestamp now) {
  const auto found = sent_.extract(tag);
  if (!found) return;
  const auto& sent = found.mapped();
  is_changed_ = true;
  if (const auto* yes = std::get_if<entity::Outcome>(&verdict)) {
    pause_ = Duration{0};
    if (auto memory = memory_.find(sent.order); memory != memory_.end())
      memory->second.refusals = 0;
    if (mode_ != Mode::off) awaited_[sent.order] = {yes->version, now};
    moved(sent, yes->version);
    return;
  }
  if (is_in_exchange(sent.order)) end_exchange();
  if (day_) day_->forget(sent.order, now);
  if (const auto* no = std::get_if<Rejection>(&verdict)) refused(sent, *no, now);
  else could_not(sent, std::get<entity::Fault>(verdict), now);
}

/// A person was faster, or the board is behind: its row decides. A technician that can't have it is
/// not asked again for this version; then somebody else is, a few times.
void Dispatcher::refused(const Sent& sent, const Rejection& no, Timestamp now) {
  ++figures_.refused;
  const auto* row = picture_.order(sent.order);
  const auto* technician = picture_.technician(sent.technician);
  note(nullptr, {.at = now,
                 .did = "refused",
                 .order = sent.order,
                 .technician = sent.technician,
                 .code = row ? row->code : "",
                 .technician_name = technician ? technician->name : "",
                 .why = no.code});
  auto& memory = memory_[sent.order];
  ++memory.refusals;
  constexpr int at_once_max = 3;
  const bool is_technicians = is_about_technician(no.code);
  if (is_technicians) memory.refused.insert(sent.technician);
  if (is_technicians && memory.refusals <= at_once_max) {
    memory.is_done = false;
    return;
  }
  const auto waits = 2s * (1 << std::min(memory.refusals, 8));
  memory.not_before = now + std::min<Duration>(waits, 10min);
  memory.is_done = false;
}

void Dispatcher::could_not(const Sent& sent, const entity::Fault& fault, Timestamp now) {
  auto& memory = memory_[sent.order];
  memory.is_done = false;
  if (fault.code == entity::Fault::Code::internal ||
      fault.code == entity::Fault::Code::idempotency_key_reused) {
    memory.not_before = now + 10min;
    return;
  }
  pause_ = std::clamp(pause_ * 2, std::max(pause_min, fault.retry_after), pause_max);
  resume_at_ = now + pause_;
  // It may have happened: the board knows.
  if (fault.code == entity::Fault::Code::outcome_unknown) picture_.lose();
}

void Dispatcher::note(Step* step, views::DispatchReport::Run run) {
  if (step && settings_.stopwatch) run.took = settings_.stopwatch() - began_;
  runs_.push_front(run);
  if (runs_.size() > runs_max) runs_.pop_back();
  if (step) step->runs.push_back(std::move(run));
  else told_.push_back(std::move(run));
}

}  // namespace mf::dispatch
