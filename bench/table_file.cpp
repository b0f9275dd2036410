#include "bench/table_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <stdexcept>

#include "planning/files/text_lines.hpp"

namespace mf::bench {
namespace {

Fields split_row(const std::string& line) {
  const auto parts = planning_files::split(line, ',');
  return {parts.begin(), parts.end()};
}

}  // namespace

std::vector<Fields> read_rows(const std::filesystem::path& file, const Fields& columns) {
  std::ifstream in(file);
  std::string line;
  std::vector<Fields> rows;
  if (!std::getline(in, line)) return rows;
  if (split_row(line) != columns)
    throw std::runtime_error(file.string() + ": written with other columns; remove it");
  while (std::getline(in, line)) {
    auto row = split_row(line);
    if (row.size() == columns.size()) rows.push_back(std::move(row));  // the last may be cut off
  }
  return rows;
}

TableFile::TableFile(const std::filesystem::path& directory, const std::string& name,
                     const Fields& columns, const Fields& replaced) {
  if (directory.empty()) return;
  std::filesystem::create_directories(directory);
  const auto file = directory / (name + ".csv");
  const auto kept = read_rows(file, columns);
  out_.open(file);
  append(columns);
  for (const auto& row : kept)
    if (!std::ranges::equal(replaced, std::span(row).first(replaced.size()))) append(row);
}

void TableFile::append(const Fields& row) {
  if (!out_.is_open()) return;
  out_ << fmt::format("{}\n", fmt::join(row, ",")) << std::flush;
  if (!out_) throw std::runtime_error("a table can't be written");
}

}  // namespace mf::bench
