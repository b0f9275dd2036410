#pragma once
#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "storage/rocks/database.hpp"

namespace mf::storage {

/// A table file with a block that is not what was written.
struct DamagedTable {
  Family family = Family::journal;
  std::filesystem::path path;
  std::string why;
  [[nodiscard]] std::string describe() const;
};

/// Reads every block of every table file: also what no reader happens to touch. What is still in
/// the log only is not looked at. `known`: why tables of these names are damaged in any case.
/// `unavailable` once `cancelled` is set.
[[nodiscard]] Result<std::vector<DamagedTable>> damaged_tables(
    const Database& database, const std::atomic<bool>* cancelled = nullptr,
    const std::map<std::string, std::string>& known = {});
/// An error that names the first damaged table, if there is one.
[[nodiscard]] Status check_tables(const Database& database,
                                  const std::atomic<bool>* cancelled = nullptr);

}  // namespace mf::storage
