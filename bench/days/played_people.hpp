#pragma once
// Technicians with their phones, and the supervisor who finds them work by hand. They know what
// they are told: the events.
#include <map>
#include <optional>
#include <set>

#include "bench/days/played_company.hpp"

namespace mf::bench {

class People {
 public:
  People(const PlayedCompany& company, PureNode& node, const DayPlan& plan);

  /// What has happened since the last time.
  void hear();
  /// Whatever technicians do at this moment.
  void live();
  /// Supervisors who know better than any dispatcher, now and then.
  void interfere();
  /// The supervisor looks at all orders that wait, or only at those that were escalated.
  void find_technicians(bool only_escalated);

 private:
  enum class Doing : std::uint8_t { waiting, offered, accepted, traveling, on_site, working, over };
  struct Order {
    const Wish* wish = nullptr;
    Doing doing = Doing::over;
    Id technician;
    Window slot;
    std::optional<Timestamp> answers_at;
    Timestamp looked_at_after{};
    bool is_planned = false, is_escalated = false;
  };
  struct Person {
    const Worker* worker = nullptr;
    Point at;
    std::set<Id> orders;  ///< offered, accepted, or being done
    Id busy_with;         ///< on the way, there, or at work
    Point from;
    Timestamp left{}, next{};  ///< when the way or the work is over
    Timestamp told{};
    bool is_ill = false, is_off = false;
  };

  bool does(const Person& person, const Id& order, std::string_view verb,
            std::string_view body = "{}");
  void answer(Person& person);
  void go_on(Person& person);
  void set_out(Person& person);
  void fall_ill(Person& person);
  void tell_place(Person& person);
  [[nodiscard]] bool find_technician(const Id& id, Order& order);
  [[nodiscard]] Duration way(const Point& from, const Point& to, std::string_view whose) const;

  const PlayedCompany& company_;
  PureNode& node_;
  Chance chance_;
  const int ill_of_ten_;
  std::size_t heard_ = 0;
  std::map<Id, Order> orders_;
  std::map<Id, Person> people_;
};

}  // namespace mf::bench
