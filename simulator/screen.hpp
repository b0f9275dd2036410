#pragma once
#include <string>

#include "simulator/day.hpp"

namespace mf::simulator {

/// "ASSIGNED 3 · EN_ROUTE 1", in the order of the life-cycle.
[[nodiscard]] std::string states_text(const Figures& figures);
/// One line for a log.
[[nodiscard]] std::string log_line(Day& day, std::chrono::milliseconds elapsed);
/// Some lines for a terminal, replacing the previous ones.
[[nodiscard]] std::string screen(Day& day, std::chrono::milliseconds elapsed);
[[nodiscard]] Report report(Day& day, std::chrono::milliseconds elapsed);

}  // namespace mf::simulator
