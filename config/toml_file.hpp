#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/keys.hpp"

namespace mf::config {

/// One `key = value` of a TOML file.
struct FileEntry {
  std::string key;  ///< with its tables: "gateway.listen"
  Value value;
  int line = 0;
  /// Why no key can have such a value (a date, a list of numbers); empty otherwise.
  std::string complaint;
};

/// The entries of a file in its order of lines. The error names file and line.
[[nodiscard]] Result<std::vector<FileEntry>> read_toml_file(const std::string& path);
/// The same from text; `name` stands for the file in errors.
[[nodiscard]] Result<std::vector<FileEntry>> read_toml(std::string_view text,
                                                       const std::string& name);

}  // namespace mf::config
