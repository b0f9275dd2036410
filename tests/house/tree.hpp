#pragma once
// The source tree as the tests of this folder read it.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mf::house {

struct Include {
  std::string target;    ///< what stands between the quotes or brackets
  bool is_ours = false;  ///< "quoted"
  int line = 0;
};

struct SourceFile {
  std::string path;  ///< from the root, "actors/work_order/work_order.hpp"
  std::vector<std::string> lines;
  std::vector<Include> includes;

  [[nodiscard]] bool is_in(std::string_view folder) const;  ///< "storage/rocks" and below
  [[nodiscard]] bool is_header() const { return path.ends_with(".hpp"); }
  /// The name without folder and extension: "work_order_decide".
  [[nodiscard]] std::string_view stem() const;
};

[[nodiscard]] SourceFile parse(std::string path, std::string_view text);
/// Every .hpp and .cpp of ours.
[[nodiscard]] const std::vector<SourceFile>& sources();
/// Every text file that is written by hand: sources, pages, scripts, build files.
[[nodiscard]] const std::vector<SourceFile>& texts();
[[nodiscard]] std::filesystem::path root();

}  // namespace mf::house
