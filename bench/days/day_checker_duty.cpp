#include "bench/days/day_checker_duty.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/json.hpp"

namespace mf::bench {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr Duration bogota = -5h;  // all year

int minutes_of(const std::string& text) {
  return std::stoi(text.substr(0, 2)) * 60 + std::stoi(text.substr(3, 2));
}

Timestamp time_of(const Json& json) { return parse_rfc3339(json.get<std::string>()).value(); }

std::vector<KnownDuty::Weekly> weekly_of(const Json& list) {
  constexpr std::array<const char*, 7> names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  std::vector<KnownDuty::Weekly> all;
  for (const auto& item : list) {
    KnownDuty::Weekly weekly;
    for (const auto& day : item.at("days"))
      for (std::size_t i = 0; i < names.size(); ++i) weekly.on[i] |= day == names[i];
    weekly.from = minutes_of(item.at("from"));
    weekly.to = minutes_of(item.at("to"));
    if (weekly.to <= weekly.from) weekly.to += 24 * 60;
    all.push_back(weekly);
  }
  return all;
}

}  // namespace

void KnownDuty::learn(std::string_view text) {
  const auto profile = parse_json(text);
  const auto list = [&](const char* name) -> const Json* {
    const auto found = profile.find(name);
    if (found == profile.end()) return nullptr;
    static const Json none = Json::array();
    return found->is_array() ? &*found : &none;
  };
  if (const auto* shifts = list("shifts")) shifts_ = weekly_of(*shifts);
  if (const auto* breaks = list("breaks")) breaks_ = weekly_of(*breaks);
  if (const auto* absences = list("absences")) {
    absences_.clear();
    for (const auto& absence : *absences)
      absences_.push_back({time_of(absence.at("from")), time_of(absence.at("to"))});
  }
}

std::vector<Stretch> KnownDuty::stretches(const std::vector<Weekly>& list, const Stretch& slot) {
  std::vector<Stretch> found;
  const auto first =
      std::chrono::floor<std::chrono::days>(slot.from + bogota) - std::chrono::days(2);
  for (auto day = first; day <= slot.to + bogota; day += std::chrono::days(1)) {
    const auto weekday = std::chrono::weekday(day).c_encoding();
    for (const auto& weekly : list) {
      if (!weekly.on[weekday]) continue;
      const Stretch one{day - bogota + std::chrono::minutes(weekly.from),
                        day - bogota + std::chrono::minutes(weekly.to)};
      if (one.from < slot.to && one.to > slot.from) found.push_back(one);
    }
  }
  std::ranges::sort(found, {}, &Stretch::from);
  return found;
}

bool KnownDuty::covers(const Stretch& slot) const {
  const auto touches = [&](const Stretch& s) { return s.from < slot.to && s.to > slot.from; };
  if (std::ranges::any_of(absences_, touches)) return false;
  if (!stretches(breaks_, slot).empty()) return false;
  if (shifts_.empty()) return true;
  auto covered = slot.from;
  for (const auto& shift : stretches(shifts_, slot))
    if (shift.from <= covered) covered = std::max(covered, shift.to);
  return covered >= slot.to;
}

}  // namespace mf::bench
