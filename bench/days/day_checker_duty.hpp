#pragma once
// When somebody is on duty, as an event says it; for the checker alone.
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace mf::bench {

struct Stretch {
  Timestamp from{}, to{};
};

class KnownDuty {
 public:
  /// What a technician's event says (JSON): members that are there replace what was known.
  void learn(std::string_view profile);
  /// All of it on duty: inside shifts that touch, and outside breaks and absences.
  [[nodiscard]] bool covers(const Stretch& slot) const;

  struct Weekly {
    bool on[7]{};          ///< from Sunday
    int from = 0, to = 0;  ///< minutes; `to` beyond 24 h where it ends the next day
  };

 private:
  /// Those that touch the slot.
  static std::vector<Stretch> stretches(const std::vector<Weekly>& list, const Stretch& slot);

  std::vector<Weekly> shifts_, breaks_;
  std::vector<Stretch> absences_;
};

}  // namespace mf::bench
