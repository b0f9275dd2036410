#pragma once
// Who of a zone could do an order, why others can't, what would help, and what a command would do
// to the day. One code for all who ask (candidates, preview, the dispatcher's report): whether a
// technician may have an order at some time is asked of the technician's own rules
// (technician::slot_for), when there is time for it with the way there of Day.
#include <set>

#include "actors/dispatch/day.hpp"
#include "actors/technician/technician.hpp"
#include "actors/views/advice.hpp"
#include "actors/views/question.hpp"

namespace mf::dispatch {

/// An order and what it claims of whoever gets it.
struct Wanted {
  OrderRow order;
  technician::ClaimAgenda claim;  ///< without `from`: any time in the windows
  std::set<Id> except;            ///< who is not asked again
  Id holder;                      ///< who has its visit now
};

/// As `assign` without a time would claim it. The question has its order.
[[nodiscard]] Result<Wanted> wanted_of(const views::Question& question, Timestamp now);
[[nodiscard]] Wanted wanted_of(const OrderRow& order, const Id& zone, std::set<Id> except,
                               Timestamp now);

/// `picture` is what `day` is made of; `day` is as before afterwards.
[[nodiscard]] views::Candidates candidates(Day& day, const Picture& picture, const Wanted& wanted,
                                           Timestamp now);
/// Asked when there is no candidate.
[[nodiscard]] views::Nobody why_nobody(Day& day, const Picture& picture, const Wanted& wanted,
                                       Timestamp now);
/// `orders`: the kind whose command `question.would` is.
[[nodiscard]] views::Preview preview(Day& day, const Picture& picture, const Wanted& wanted,
                                     const views::Question& question, const entity::Kind& orders,
                                     Timestamp now);

/// The technician as its own rules see it, as far as a board's row tells.
[[nodiscard]] technician::Technician entity_of(const TechnicianRow& row);

/// For advice.cpp and preview.cpp (advice_codec.cpp).
[[nodiscard]] Result<technician::ClaimAgenda> read_claim(std::string_view json);
/// A command's body with this override, and some reason for it; without one it has none.
[[nodiscard]] std::string with_override(std::string_view body, bool is_override);
[[nodiscard]] bool has_override(std::string_view body);

/// While this lives, the order has no place in the day.
class Lifted {
 public:
  Lifted(Day& day, const Id& order, Timestamp now);
  ~Lifted();
  Lifted(const Lifted&) = delete;
  Lifted& operator=(const Lifted&) = delete;

 private:
  Day& day_;
  const Id order_;
  const Timestamp now_;
  std::optional<Assumed> before_;
};

}  // namespace mf::dispatch
