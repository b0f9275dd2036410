#pragma once
// The zone as its board tells it: rows by version, and whether they may be believed.
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "actors/dispatch/rows.hpp"
#include "actors/views/boards/board.hpp"

namespace mf::dispatch {

/// A board that is followed: a snapshot, then deltas. Of each row the higher version stays. Before
/// a snapshot, and from a loss on until the next one, it is not ready, and nothing is planned.
class Picture {
 public:
  /// What changed since the last take_changes(); after a snapshot everything may have.
  struct Changes {
    bool is_new = false;
    std::set<Id> orders, technicians;  ///< also those that are gone
  };

  void take(const views::BoardReply& snapshot);
  void take(const views::BoardDelta& delta);
  /// Deltas count again from the next snapshot on.
  void lose() { is_ready_ = false; }
  [[nodiscard]] bool is_ready() const { return is_ready_; }
  [[nodiscard]] Changes take_changes() { return std::exchange(changes_, {}); }

  [[nodiscard]] const std::map<Id, OrderRow>& orders() const { return orders_; }
  [[nodiscard]] const std::map<Id, TechnicianRow>& technicians() const { return technicians_; }
  [[nodiscard]] const OrderRow* order(const Id& id) const;
  [[nodiscard]] const TechnicianRow* technician(const Id& id) const;
  /// Rows that could not be read, ever.
  [[nodiscard]] std::size_t unreadable() const { return unreadable_; }

 private:
  void take(const views::BoardRow& row);
  std::map<Id, OrderRow> orders_;
  std::map<Id, TechnicianRow> technicians_;
  Changes changes_;
  std::uint64_t at_ = 0;
  std::size_t unreadable_ = 0;
  bool is_ready_ = false;
};

}  // namespace mf::dispatch
