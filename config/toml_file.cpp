#include "config/toml_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

namespace mf::config {
namespace {

FileEntry entry_of(std::string key, const toml::node& node) {
  FileEntry entry{.key = std::move(key), .line = static_cast<int>(node.source().begin.line)};
  if (const auto* text = node.as_string()) {
    entry.value = text->get();
  } else if (const auto* flag = node.as_boolean()) {
    entry.value = flag->get();
  } else if (const auto* number = node.as_integer()) {
    entry.value = number->get();
  } else if (const auto* real = node.as_floating_point()) {
    entry.value = real->get();
  } else if (const auto* list = node.as_array()) {
    std::vector<std::string> items;
    for (const auto& item : *list) {
      if (const auto* text = item.as_string()) items.push_back(text->get());
      else entry.complaint = "must be a list of texts";
    }
    entry.value = std::move(items);
  } else {
    entry.complaint = "dates and times are not used here";
  }
  return entry;
}

void flatten(const toml::table& table, const std::string& prefix, std::vector<FileEntry>& out) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    if (const auto* inner = node.as_table()) flatten(*inner, key + ".", out);
    else out.push_back(entry_of(key, node));
  }
}

}  // namespace

Result<std::vector<FileEntry>> read_toml(std::string_view text, const std::string& name) {
  try {
    std::vector<FileEntry> entries;
    flatten(toml::parse(text), "", entries);
    std::ranges::sort(entries, {}, &FileEntry::line);
    return entries;
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument, name + ":" +
                                                 std::to_string(error.source().begin.line) + ": " +
                                                 std::string(error.description()));
  }
}

Result<std::vector<FileEntry>> read_toml_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf() || in.peek() == EOF))
    return fail(ErrorCode::not_found,
                path + ": can't be read: " + std::system_category().message(errno));
  return read_toml(text.str(), path);
}

}  // namespace mf::config
