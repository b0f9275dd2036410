#include "tests/house/tree.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/source_dir.hpp"

namespace mf::house {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view folders[] = {"base",      "config",  "actors", "planning", "storage",
                                        "cluster",   "gateway", "node",   "cli",      "client",
                                        "simulator", "tests",   "bench"};

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void collect(const fs::path& below, const std::vector<std::string>& endings,
             std::vector<SourceFile>& into) {
  for (auto at = fs::recursive_directory_iterator(below); at != fs::end(at); ++at) {
    const auto name = at->path().filename().string();
    const bool is_foreign = name == "build" || name == ".git" || name == "node_modules" ||
                            name == "demo-data" || name == "golden" || name == "corpus";
    if (at->is_directory() && is_foreign) {
      at.disable_recursion_pending();
      continue;
    }
    const bool is_wanted = std::ranges::any_of(
        endings, [&](const std::string& ending) { return name.ends_with(ending); });
    if (at->is_regular_file() && is_wanted)
      into.push_back(parse(fs::relative(at->path(), root()).string(), read(at->path())));
  }
}

}  // namespace

fs::path root() { return source_dir(); }

bool SourceFile::is_in(std::string_view folder) const {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::string_view SourceFile::stem() const {
  std::string_view name = path;
  name.remove_prefix(name.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

SourceFile parse(std::string path, std::string_view text) {
  SourceFile file{.path = std::move(path)};
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) {
    file.lines.push_back(line);
    const auto start = line.find_first_not_of(" \t");
    if (start == std::string::npos || line.compare(start, 8, "#include") != 0) continue;
    const auto open = line.find_first_of("\"<", start);
    const auto close = open == std::string::npos ? open : line.find_first_of("\">", open + 1);
    if (close == std::string::npos) continue;
    file.includes.push_back({.target = line.substr(open + 1, close - open - 1),
                             .is_ours = line[open] == '"',
                             .line = static_cast<int>(file.lines.size())});
  }
  return file;
}

const std::vector<SourceFile>& sources() {
  static const auto all = [] {
    std::vector<SourceFile> found;
    for (const auto folder : folders)
      if (fs::is_directory(root() / folder)) collect(root() / folder, {".hpp", ".cpp"}, found);
    return found;
  }();
  return all;
}

const std::vector<SourceFile>& texts() {
  static const auto all = [] {
    std::vector<SourceFile> found;
    collect(root(),
            {".hpp", ".cpp", ".md", ".txt", ".cmake", ".json", ".sh", ".yaml", ".yml", ".html",
             ".ts", ".tsx", ".toml", ".supp", "dev", "run"},
            found);
    return found;
  }();
  return all;
}

}  // namespace mf::house
