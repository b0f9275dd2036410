#pragma once
// Figures kept over many runs, readable by people and spreadsheets: a header line, commas, no
// quotes. Errors are thrown, as everywhere in the benchmark.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace mf::bench {

using Fields = std::vector<std::string>;

/// The rows of a table with exactly these columns; none where there is no file. Throws when the
/// file has other columns: they have changed since it was written.
[[nodiscard]] std::vector<Fields> read_rows(const std::filesystem::path& file,
                                            const Fields& columns);

/// A table that grows row by row. A run that is cut off keeps what it has.
class TableFile {
 public:
  /// Takes away the rows of an earlier run: those that begin with `replaced` (none of these fields:
  /// all rows). Where `directory` is empty, nothing is ever written.
  TableFile(const std::filesystem::path& directory, const std::string& name, const Fields& columns,
            const Fields& replaced);
  void append(const Fields& row);

 private:
  std::ofstream out_;
};

}  // namespace mf::bench
