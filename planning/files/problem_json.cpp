#include "planning/files/problem_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "planning/files/clock.hpp"
#include "planning/files/json_fields.hpp"

namespace mf::planning_files {

using planning::Place;
using planning::Problem;
using planning::Seconds;
using planning::Window;

namespace {

enum class TravelKind { great_circle, plane, matrix };

class ProblemReader {
 public:
  explicit ProblemReader(JsonField root) : root_(std::move(root)) {}

  /// What can't be read keeps its default, and the document has the complaint.
  Problem read() {
    root_.allow(
        {"name", "travel", "traffic", "places", "technicians", "visits", "depots", "vehicles_max"});
    problem_.name = root_["name"].text();
    read_travel(root_["travel"]);
    read_traffic(root_["traffic"]);
    read_places(root_["places"]);
    for (const auto& item : root_["technicians"].required().items())
      problem_.technicians.push_back(technician(item));
    for (const auto& item : root_["visits"].required().items())
      problem_.visits.push_back(visit(item));
    for (const auto& item : root_["depots"].items()) problem_.depots.push_back(depot(item));
    if (const auto max = root_["vehicles_max"]; max.is_present())
      problem_.vehicles_max = max.count();
    make_travel();
    return std::move(problem_);
  }

 private:
  void read_travel(const JsonField& travel) {
    const auto kind = travel["kind"];
    const auto name = kind.text("great_circle");
    if (name == "plane") kind_ = TravelKind::plane;
    else if (name == "matrix") kind_ = TravelKind::matrix;
    else if (name != "great_circle") kind.complain("must be one of great_circle, plane, matrix");
    switch (kind_) {
      case TravelKind::plane: return travel.allow({"kind"});
      case TravelKind::matrix:
        travel.allow({"kind", "time_s", "distance_m"});
        size_ = travel["time_s"].required().items().size();
        times_ = matrix(travel["time_s"]);
        has_distances_ = travel["distance_m"].is_present();
        if (has_distances_) distances_ = matrix(travel["distance_m"]);
        return;
      case TravelKind::great_circle:
        travel.allow({"kind", "detour", "kmh"});
        road_.detour = positive(travel["detour"], road_.detour);
        road_.metres_per_second = positive(travel["kmh"], road_.metres_per_second * 3.6) / 3.6;
    }
  }

  static double positive(const JsonField& field, double otherwise) {
    const auto value = field.number(otherwise);
    if (value > 0) return value;
    field.complain("must be above 0");
    return otherwise;
  }

  std::vector<double> matrix(const JsonField& field) const {
    std::vector<double> entries;
    const auto rows = field.items();
    if (rows.size() != size_)
      field.complain(fmt::format("must have {} rows, as time_s has", size_));
    for (const auto& row : rows) {
      const auto numbers = row.numbers(planning::no_road);
      if (numbers.size() != size_) row.complain(fmt::format("must have {} numbers", size_));
      entries.insert(entries.end(), numbers.begin(), numbers.end());
    }
    return entries;
  }

  void read_traffic(const JsonField& traffic) {
    traffic.allow({"factors", "starts_at"});
    if (!traffic.is_present()) return;
    std::array<double, 24> factors{};
    factors.fill(1);
    if (const auto field = traffic["factors"]; field.is_present()) {
      const auto numbers = field.numbers();
      if (numbers.size() != factors.size() ||
          !std::ranges::all_of(numbers, [](double f) { return f > 0; }))
        return field.complain("must be 24 numbers above 0, one for each hour of the day");
      std::ranges::copy(numbers, factors.begin());
    }
    begin_ = length(traffic["starts_at"]);
    if (begin_ < 0 || begin_ >= day) return traffic["starts_at"].complain("must be a time of day");
    problem_.profile = planning::SpeedProfile(factors, begin_);
  }

  void read_places(const JsonField& places) {
    if (!places.is_present() && kind_ == TravelKind::matrix) problem_.places.resize(size_);
    for (const auto& item : places.items()) {
      item.allow({"id", "lat", "lon", "x", "y"});
      const auto id = item["id"];
      if (id.is_present() && !place_ids_.emplace(id.text(), problem_.places.size()).second)
        id.complain("is there twice");
      problem_.places.push_back(coordinates(item));
    }
    listed_ = problem_.places.size();
    if (kind_ == TravelKind::matrix && listed_ != size_)
      places.complain(fmt::format("must be {}, as the matrices have rows", size_));
  }

  Place coordinates(const JsonField& field) const {
    const auto lat = field["lat"], lon = field["lon"], x = field["x"], y = field["y"];
    const bool in_degrees = lat.is_present() || lon.is_present(),
               on_plane = x.is_present() || y.is_present();
    if (in_degrees == on_plane) field.complain("must have either lat and lon, or x and y");
    if (on_plane && kind_ == TravelKind::great_circle)
      field.complain("must have lat and lon: travel isn't on a plane");
    if (in_degrees && kind_ == TravelKind::plane)
      field.complain("must have x and y: travel is on a plane");
    if (on_plane) return {y.required().number(), x.required().number()};
    return {degrees(lat.required(), 90), degrees(lon.required(), 180)};
  }
  static double degrees(const JsonField& field, double max) {
    const auto value = field.number();
    if (value < -max || value > max)
      field.complain(fmt::format("must be between -{0} and {0} degrees", max));
    return value;
  }

  std::size_t place(const JsonField& field) {
    if (field.is_text()) {
      const auto found = place_ids_.find(field.text());
      if (found != place_ids_.end()) return found->second;
      field.complain("there is no place with this id");
    } else if (field.is_number()) {
      const auto index = field.count();
      if (index < listed_) return index;
      field.complain(fmt::format("there is no such place, there are {}", listed_));
    } else {
      return place_here(field.required());
    }
    return 0;
  }
  /// The same coordinates are the same place: matrices of travel stay as small as they can be.
  std::size_t place_here(const JsonField& field) {
    if (!field.is_object()) {
      field.complain("must be a place's number or id, or {\"lat\", \"lon\"}, or {\"x\", \"y\"}");
      return 0;
    }
    field.allow({"lat", "lon", "x", "y"});
    if (kind_ == TravelKind::matrix) field.complain("must be listed: travel is a matrix");
    const auto here = coordinates(field);
    const auto [found, is_new] =
        places_here_.emplace(std::pair(here.latitude, here.longitude), problem_.places.size());
    if (is_new) problem_.places.push_back(here);
    return found->second;
  }

  static Seconds time(const JsonField& field, Seconds begin) {
    if (!field.is_present()) return 0;
    if (field.is_number()) return field.number();
    const auto clock = field.is_text() ? parse_clock(field.text()) : std::nullopt;
    if (!clock) field.complain("must be a number of seconds, or a time like \"08:15\"");
    return clock.value_or(begin) - begin;
  }
  Seconds moment(const JsonField& field) const { return time(field, begin_); }
  static Seconds length(const JsonField& field) { return time(field, 0); }
  std::optional<Seconds> moment_if_any(const JsonField& field) const {
    return field.is_present() ? std::optional(moment(field)) : std::nullopt;
  }
  Window window(const JsonField& field) const {
    field.allow({"from", "to"});
    Window window{moment(field["from"].required()), moment(field["to"].required())};
    const bool is_at_night = window.to < window.from && window.to + day - window.from <= night_max;
    if (is_at_night && is_without_day(field)) window.to += day;
    return window;
  }
  static bool is_without_day(const JsonField& window) {
    return std::ranges::all_of(std::array{window["from"], window["to"]}, [](const JsonField& f) {
      return f.is_text() && f.text().find_first_of(" -") == std::string::npos;
    });
  }

  planning::Technician technician(const JsonField& field) {
    field.allow({"id", "start", "end", "shifts", "skills", "speed", "zones", "capacity", "stock",
                 "tools", "cost"});
    planning::Technician who{.id = field["id"].required().text(), .start = place(field["start"])};
    if (const auto end = field["end"]; end.is_present()) who.end = place(end);
    for (const auto& item : field["shifts"].required().items()) who.shifts.push_back(shift(item));
    who.skills = skills(field["skills"]);
    who.speed = field["speed"].number(who.speed);
    who.zones = field["zones"].texts();
    who.capacity = field["capacity"].numbers();
    who.stock = amounts(field["stock"]);
    who.tools = field["tools"].texts();
    who.cost = field["cost"].number(who.cost);
    return who;
  }

  planning::Shift shift(const JsonField& field) const {
    field.allow({"hours", "overtime_max", "breaks"});
    planning::Shift shift{.hours = window(field["hours"].required()),
                          .overtime_max = length(field["overtime_max"])};
    const bool is_night = is_without_day(field["hours"]) && shift.hours.to + begin_ > day;
    for (const auto& item : field["breaks"].items()) {
      item.allow({"start", "duration"});
      auto start = window(item["start"].required());
      if (is_night && start.to < shift.hours.from && is_without_day(item["start"]))
        start = {start.from + day, start.to + day};
      shift.breaks.push_back({start, length(item["duration"].required())});
    }
    return shift;
  }

  static std::vector<Skill> skills(const JsonField& field) {
    std::vector<Skill> list;
    for (const auto& item : field.items()) {
      if (!item.is_object()) {
        list.push_back({item.text()});
        continue;
      }
      item.allow({"skill", "level"});
      const auto level = item["level"].count(1);
      if (level > 5) item["level"].complain("must be between 1 and 5");
      list.push_back({item["skill"].required().text(), static_cast<int>(std::min(level, 5uz))});
    }
    return list;
  }

  static std::vector<planning::Amount> amounts(const JsonField& field) {
    std::vector<planning::Amount> list;
    for (const auto& item : field.items()) {
      item.allow({"item", "quantity"});
      list.push_back({item["item"].required().text(), item["quantity"].required().number()});
    }
    return list;
  }

  planning::Visit visit(const JsonField& field) {
    field.allow({"id", "place", "duration", "windows", "skills", "zone", "value", "due",
                 "lateness_weight", "demand", "materials", "tools", "allowed", "forbidden",
                 "release", "pin", "announced"});
    planning::Visit visit{.id = field["id"].required().text(),
                          .place = place(field["place"]),
                          .duration = length(field["duration"].required())};
    for (const auto& item : field["windows"].items()) visit.windows.push_back(window(item));
    visit.skills = skills(field["skills"]);
    visit.zone = field["zone"].text();
    visit.value = field["value"].number(visit.value);
    visit.due = moment_if_any(field["due"]);
    visit.lateness_weight = field["lateness_weight"].number(visit.lateness_weight);
    visit.demand = field["demand"].numbers();
    visit.materials = amounts(field["materials"]);
    visit.tools = field["tools"].texts();
    visit.allowed = field["allowed"].texts();
    visit.forbidden = field["forbidden"].texts();
    visit.release = moment(field["release"]);
    if (const auto pin = field["pin"]; pin.is_present()) visit.pin = pinned(pin);
    if (const auto told = field["announced"]; told.is_present()) {
      told.allow({"technician", "start"});
      visit.announced = {told["technician"].required().text(), moment(told["start"].required())};
    }
    return visit;
  }

  planning::Pin pinned(const JsonField& field) const {
    field.allow({"technician", "shift", "place", "started"});
    planning::Pin pin{.technician = field["technician"].required().text(),
                      .shift = field["shift"].count(),
                      .started = moment_if_any(field["started"])};
    if (const auto place = field["place"]; place.is_present()) pin.place = place.count();
    return pin;
  }

  planning::Depot depot(const JsonField& field) {
    field.allow({"id", "place", "duration", "hours", "items", "tools"});
    return {.id = field["id"].required().text(),
            .place = place(field["place"]),
            .duration = length(field["duration"]),
            .hours = window(field["hours"].required()),
            .items = field["items"].texts(),
            .tools = field["tools"].texts()};
  }

  void make_travel() {
    switch (kind_) {
      case TravelKind::great_circle:
        problem_.travel = planning::GreatCircleTravel(problem_.places, road_);
        return;
      case TravelKind::plane: problem_.travel = planning::PlaneTravel(problem_.places); return;
      case TravelKind::matrix:
        problem_.travel =
            has_distances_ ? planning::MatrixTravel(size_, std::move(times_), std::move(distances_))
                           : planning::MatrixTravel(size_, std::move(times_));
    }
  }

  static constexpr Seconds day = 86'400, night_max = 12 * 3600;

  JsonField root_;
  Problem problem_;
  TravelKind kind_ = TravelKind::great_circle;
  planning::GreatCircleTravel::Road road_;
  std::size_t size_ = 0;  ///< of the matrices
  std::vector<double> times_, distances_;
  bool has_distances_ = false;
  Seconds begin_ = 0;       ///< what the clock shows when the horizon begins
  std::size_t listed_ = 0;  ///< places with an index of their own; the others come behind them
  std::unordered_map<std::string, std::size_t> place_ids_;
  std::map<std::pair<double, double>, std::size_t> places_here_;
};

}  // namespace

Result<Problem> read_problem_json(std::string_view text) {
  const auto document = JsonDocument::parse(text);
  if (!document) return std::unexpected(document.error());
  auto problem = ProblemReader(document->root()).read();
  if (auto status = document->status(); !status) return std::unexpected(std::move(status).error());
  return problem;
}

}  // namespace mf::planning_files
