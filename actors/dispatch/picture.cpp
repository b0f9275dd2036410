#include "actors/dispatch/picture.hpp"

#include <utility>

#include "actors/views/proposal.hpp"

namespace mf::dispatch {
namespace {

template <class R>
const R* found(const std::map<Id, R>& rows, const Id& id) {
  const auto at = rows.find(id);
  return at == rows.end() ? nullptr : &at->second;
}

template <class R>
bool put(std::map<Id, R>& rows, R row) {
  const auto [at, is_new] = rows.try_emplace(row.id);
  if (!is_new && at->second.version >= row.version) return false;
  at->second = std::move(row);
  return true;
}

template <class R>
bool erase(std::map<Id, R>& rows, const Id& id, std::uint64_t version) {
  const auto at = rows.find(id);
  if (at == rows.end() || at->second.version > version) return false;
  rows.erase(at);
  return true;
}

}  // namespace

const OrderRow* Picture::order(const Id& id) const { return found(orders_, id); }
const TechnicianRow* Picture::technician(const Id& id) const { return found(technicians_, id); }

void Picture::take(const views::BoardReply& snapshot) {
  orders_.clear();
  technicians_.clear();
  for (const auto& row : snapshot.rows) take(row);
  changes_ = {.is_new = true, .orders = {}, .technicians = {}};
  at_ = snapshot.at;
  is_ready_ = true;
}

void Picture::take(const views::BoardDelta& delta) {
  if (delta.is_lost) return lose();
  if (!is_ready_ || delta.at <= at_) return;
  at_ = delta.at;
  for (const auto& row : delta.rows) take(row);
  for (const auto& [id, version] : delta.gone) {
    if (erase(orders_, id, version)) changes_.orders.insert(id);
    if (erase(technicians_, id, version)) changes_.technicians.insert(id);
  }
}

void Picture::take(const views::BoardRow& text) {
  if (text.id.starts_with(views::proposal_prefix)) return;  // a dispatcher's own words
  auto row = read_row(*text.json);
  if (!row) {
    ++unreadable_;
    return;
  }
  if (auto* order = std::get_if<OrderRow>(&*row)) {
    const auto id = order->id;
    if (put(orders_, std::move(*order))) changes_.orders.insert(id);
  } else {
    auto& technician = std::get<TechnicianRow>(*row);
    const auto id = technician.id;
    if (put(technicians_, std::move(technician))) changes_.technicians.insert(id);
  }
}

}  // namespace mf::dispatch
