#pragma once
#include <cstddef>
#include <filesystem>

#include "bench/company.hpp"

namespace mf::bench {

/// Puts `count` orders into a directory no server has open, through the kinds' own functions and
/// the storage port: journal, states, timelines, indexes, timers, outcomes and counters as a
/// server would have written them in a year. 49 of 50 are CLOSED after a visit; those of the last
/// week are TRIAGED. Throws std::runtime_error.
void store_orders(const std::filesystem::path& data_dir, const Company& company, std::size_t count);

}  // namespace mf::bench
