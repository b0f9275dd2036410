#pragma once
// Parts of answers that several documents have in common; for the codecs of this folder alone.
#include <algorithm>
#include <array>
#include <cmath>

#include "actors/views/advice.hpp"
#include "base/described_schema.hpp"

namespace mf {
BOOST_DESCRIBE_STRUCT(Window, (), (from, to))
}  // namespace mf

namespace mf::views {

/// Where there is no road, the way takes infinitely long: the largest number that every reader of
/// JSON reads exactly.
inline Duration in_ms(double seconds) {
  return Duration(std::llround(std::min(seconds * 1000, 9'007'199'254'740'991.0)));
}

struct AddsView {
  Duration travel_ms{}, lateness_ms{}, wait_ms{};
};
BOOST_DESCRIBE_STRUCT(AddsView, (), (travel_ms, lateness_ms, wait_ms))
constexpr auto notes_on(const AddsView*) {
  return std::array{
      json::Note{"travel_ms", "What the technicians drive more by it."},
      json::Note{"lateness_ms", "After the order's due time, as its priority weighs it."},
      json::Note{"wait_ms", "Until the work begins."}};
}
inline AddsView view_of(const Adds& adds) {
  return {in_ms(adds.travel), in_ms(adds.lateness), in_ms(adds.wait)};
}

struct HelpView {
  std::string code, text;
  Id technician;
  std::string name;
  Window slot;
  AddsView adds;
  std::optional<std::string> skill;
  std::optional<int> level;
  std::optional<Duration> overtime_ms;
};
BOOST_DESCRIBE_STRUCT(HelpView, (),
                      (code, text, technician, name, slot, adds, skill, level, overtime_ms))
constexpr auto notes_on(const HelpView*) {
  return std::array{json::Note{"code", "overtime, max_orders, other_time, on_duty or skill"},
                    json::Note{"text", "The same in the language of the request."},
                    json::Note{"technician", "Who could do the order then."},
                    json::Note{"slot", "When."}};
}
inline std::vector<HelpView> views_of(const std::vector<Help>& helps, Say say) {
  std::vector<HelpView> views;
  for (const auto& h : helps) {
    HelpView view{.code = h.code,
                  .text = say(h.sentence),
                  .technician = h.technician,
                  .name = h.name,
                  .slot = h.slot,
                  .adds = view_of(h.adds),
                  .skill = {},
                  .level = {},
                  .overtime_ms = {}};
    if (!h.skill.empty()) {
      view.skill = h.skill;
      view.level = h.level;
    }
    if (h.overtime > Duration{0}) view.overtime_ms = h.overtime;
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace mf::views
