#pragma once
// What a road service has said, and what it shall be asked next.
//
//   planning, arrivals ── leg? ──► known: at once     RoadAsker ◄── next() ── wanted, in tables
//                                  unknown: wanted         └── answer() ──► known
//
// Places are rounded to 0.001 degrees (111 m), as in a day's plan. The hour is no part of the key:
// the service is asked about free roads, and traffic comes on top (roads.hpp). Thread-safe.
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "actors/dispatch/roads.hpp"

namespace mf::dispatch {

class RoadCache final : public KnownRoads {
 public:
  struct Limits {
    std::size_t legs_max = 1'000'000;        ///< the least used half goes first
    std::size_t wanted_max = 500'000;        ///< beyond: the great circle, until it is asked again
    std::size_t places_max = 45;             ///< of a question, on each side
    Duration keep = std::chrono::hours(12);  ///< older legs count, and are asked again
  };
  RoadCache(Limits limits, const Clock& clock) : limits_(limits), clock_(clock) {}

  std::optional<planning::Leg> leg(const Spot& from, const Spot& to) override;
  std::size_t fill(const std::vector<Spot>& places, std::vector<double>& times,
                   std::vector<double>& distances) override;
  std::uint64_t generation() const override;
  std::string_view state() const override;

  /// From each of `from` to each of `to`.
  struct Question {
    std::vector<Spot> from, to;
  };
  /// nullopt: nothing is wanted.
  [[nodiscard]] std::optional<Question> next();
  /// Row by row: one for each pair.
  void answer(const Question& question, const std::vector<planning::Leg>& legs);
  /// It has none: what was wanted is forgotten until somebody wants it again.
  void fail();
  [[nodiscard]] std::size_t size() const;

 private:
  struct Pair {
    std::int64_t from = 0, to = 0;
    bool operator==(const Pair&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Pair& pair) const;
  };
  struct Known {
    float time = 0, distance = 0;
    Timestamp at{};
  };
  using Legs = std::unordered_map<Pair, Known, Hash>;

  const Known* find(const Pair& pair, Timestamp now);
  void put(const Pair& pair, Known known);

  const Limits limits_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  Legs young_, old_;  ///< what is used moves from old to young; a full young becomes the old
  std::unordered_map<std::int64_t, std::unordered_set<std::int64_t>> wanted_;
  std::size_t wanted_count_ = 0;
  std::uint64_t generation_ = 0;
  bool is_down_ = false;
};

}  // namespace mf::dispatch
