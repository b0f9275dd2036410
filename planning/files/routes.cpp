#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "planning/files/published.hpp"
#include "planning/files/text_lines.hpp"

namespace mf::planning_files {

using planning::Problem;
using planning::Sequence;
using planning::StopKind;

namespace {

using Index = std::unordered_map<std::string_view, std::size_t>;

template <class Things>
Index by_id(const Things& things) {
  Index index;
  for (std::size_t i = 0; i < things.size(); ++i) index.emplace(things[i].id, i);
  return index;
}

bool has_visit(const Sequence& sequence) {
  return std::ranges::find(sequence.stops, StopKind::visit, &Sequence::Stop::kind) !=
         sequence.stops.end();
}

/// "Route n : …", a line each.
class RouteLinesReader {
 public:
  RouteLinesReader(std::string_view text, const Problem& problem, std::vector<std::string>* dropped)
      : lines_(text),
        problem_(problem),
        dropped_(dropped),
        technicians_(by_id(problem.technicians)),
        visits_(by_id(problem.visits)),
        depots_(by_id(problem.depots)) {}

  Result<std::vector<Sequence>> read() {
    while (lines_.next()) {
      if (is_remark()) continue;
      if (auto done = route(); !done) return std::unexpected(std::move(done).error());
    }
    if (read_ == 0)
      return lines_.wrong("there are no routes: expected lines \"Route 1 : 5 3 …\" or <1,…|2,…>");
    return std::move(sequences_);
  }

 private:
  /// What published files have above and below the routes.
  bool is_remark() const {
    constexpr std::string_view known[] = {"Instance name", "Authors",  "Date",
                                          "Reference",     "Solution", "Cost"};
    return std::ranges::any_of(known, [&](auto begin) { return lines_.line().starts_with(begin); });
  }

  Status route() {
    const auto line = lines_.line();
    // Ids in brackets may have colons; the one that ends the head stands behind them.
    const auto bracket = line.find('('), first_colon = line.find(':');
    const auto colon = bracket < first_colon
                           ? line.find(':', std::min(line.find("):"), line.size()))
                           : first_colon;
    if (!line.starts_with("Route") || colon == line.npos)
      return lines_.wrong("expected \"Route 1 : 5 3 …\"");
    Sequence sequence{.technician = read_++};
    if (bracket < colon)
      if (auto who = driver(line.substr(bracket + 1, colon - bracket - 2), sequence); !who)
        return who;
    if (sequence.technician == nobody) return {};
    for (const auto word : words(line.substr(colon + 1)))
      if (auto added = stop(word, sequence); !added) return added;
    if (!has_visit(sequence)) return {};
    if (sequence.technician >= problem_.technicians.size())
      return gone(fmt::format("there are only {} technicians", problem_.technicians.size()));
    if (sequence.shift >= problem_.technicians[sequence.technician].shifts.size())
      return gone(fmt::format("this technician has no shift {}", sequence.shift));
    if (!taken_.emplace(sequence.technician, sequence.shift).second)
      return lines_.wrong("this technician has another route");
    sequences_.push_back(std::move(sequence));
    return {};
  }

  /// "ana" or "ana/1".
  Status driver(std::string_view who, Sequence& sequence) {
    auto found = technicians_.find(who);
    const auto slash = who.rfind('/');
    if (found == technicians_.end() && slash != who.npos) {
      const auto shift = to_count(who.substr(slash + 1));
      found = technicians_.find(who.substr(0, slash));
      if (shift) sequence.shift = *shift;
      else found = technicians_.end();
    }
    sequence.technician = nobody;
    if (found == technicians_.end()) return gone(fmt::format("there is no technician {}", who));
    sequence.technician = found->second;
    return {};
  }

  Status stop(std::string_view word, Sequence& sequence) {
    if (const auto visit = visits_.find(word); visit != visits_.end()) {
      sequence.stops.push_back({StopKind::visit, visit->second});
      return {};
    }
    if (word.starts_with("R(") && word.ends_with(')'))
      if (const auto depot = depots_.find(word.substr(2, word.size() - 3));
          depot != depots_.end()) {
        sequence.stops.push_back({StopKind::restock, depot->second});
        return {};
      }
    return gone(fmt::format("there is no visit {}", word));
  }

  Status gone(const std::string& what) {
    auto wrong = lines_.wrong(what);
    if (!dropped_) return wrong;
    dropped_->push_back(wrong.error().message);
    return {};
  }

  static constexpr std::size_t nobody = ~std::size_t{0};

  Lines lines_;
  const Problem& problem_;
  std::vector<std::string>* dropped_;
  Index technicians_, visits_, depots_;
  std::size_t read_ = 0;
  std::set<std::pair<std::size_t, std::size_t>> taken_;  ///< technician and shift
  std::vector<Sequence> sequences_;
};

/// "<t,…|t,…>" with row numbers: 1 … crew technicians, then requests, then the crew's homes.
class TrspRoutesReader {
 public:
  explicit TrspRoutesReader(const Problem& problem)
      : problem_(problem),
        crew_(problem.technicians.size()),
        requests_(problem.visits.size()),
        visits_(by_id(problem.visits)) {}

  Result<std::vector<Sequence>> read(std::string_view inside, const Lines& lines) {
    for (const auto part : split(inside, '|')) {
      if (part.empty()) continue;  // of a technician who stays at home
      if (auto done = route(split(part, ','), lines); !done)
        return std::unexpected(std::move(done).error());
    }
    std::ranges::sort(sequences_, {}, &Sequence::technician);
    const auto twice = std::ranges::adjacent_find(sequences_, {}, &Sequence::technician);
    if (twice != sequences_.end())
      return lines.wrong(fmt::format("technician {} has two routes", twice->technician + 1));
    return std::move(sequences_);
  }

 private:
  Status route(const std::vector<std::string_view>& numbers, const Lines& lines) {
    const auto who = to_count(numbers[0]);
    if (!who || *who < 1 || *who > crew_)
      return lines.wrong(fmt::format("\"{}\" is not a technician, 1 to {}", numbers[0], crew_));
    Sequence sequence{.technician = *who - 1};
    const auto home = crew_ + requests_ + *who;
    for (std::size_t i = 1; i < numbers.size(); ++i) {
      const auto number = to_count(numbers[i]);
      if (!number) return lines.wrong(fmt::format("\"{}\" is not a row's number", numbers[i]));
      if (*number == home && i + 1 == numbers.size()) break;
      if (const auto visit = visits_.find(numbers[i]); visit != visits_.end())
        sequence.stops.push_back({StopKind::visit, visit->second});
      else if ((*number == 0 || *number > 2 * crew_ + requests_) && !problem_.depots.empty())
        sequence.stops.push_back({StopKind::restock, 0});
      else
        return lines.wrong(
            fmt::format("{} is neither a request nor a depot, for technician {}", *number, *who));
    }
    if (has_visit(sequence)) sequences_.push_back(std::move(sequence));
    return {};
  }

  const Problem& problem_;
  std::size_t crew_, requests_;
  Index visits_;
  std::vector<Sequence> sequences_;
};

bool names(std::string_view line, std::string_view problem) {
  return problem.starts_with(line) &&
         (problem.size() == line.size() || problem[line.size()] == '.');
}

Result<std::vector<Sequence>> read_trsp_routes(std::string_view text, const Problem& problem) {
  std::optional<Lines> found;
  std::size_t candidates = 0;
  for (Lines lines(text); lines.next();) {
    if (lines.line().find('<') == std::string_view::npos) continue;
    found = lines;
    ++candidates;
    if (!names(words(lines.line())[0], problem.name)) continue;
    candidates = 1;
    break;
  }
  if (candidates != 1)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} sets of routes, none for \"{}\"", candidates, problem.name));
  const auto line = found->line();
  const auto from = line.find('<'), to = line.find('>', from);
  if (to == line.npos) return found->wrong("the routes have no end: > is missing");
  return TrspRoutesReader(problem).read(line.substr(from + 1, to - from - 1), *found);
}

}  // namespace

Result<std::vector<Sequence>> read_routes(std::string_view text, const Problem& problem,
                                          std::vector<std::string>* dropped) {
  const auto plain = plain_text(text);
  if (!plain) return std::unexpected(plain.error());
  if (plain->contains('<')) return read_trsp_routes(*plain, problem);
  return RouteLinesReader(*plain, problem, dropped).read();
}

std::string route_lists(const Problem& problem, const planning::Plan& plan) {
  std::string text;
  for (std::size_t r = 0; r < plan.routes.size(); ++r) {
    const auto& route = plan.routes[r];
    const auto& who = problem.technicians[route.technician];
    fmt::format_to(std::back_inserter(text), "Route {} ({}", r + 1, who.id);
    if (who.shifts.size() > 1) text += fmt::format("/{}", route.shift);
    text += "):";
    for (const auto& stop : route.stops) {
      if (stop.kind == StopKind::visit) text += " " + problem.visits[stop.which].id;
      if (stop.kind == StopKind::restock) text += " R(" + problem.depots[stop.which].id + ")";
    }
    text += '\n';
  }
  return text;
}

}  // namespace mf::planning_files
