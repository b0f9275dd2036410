#pragma once
#include <span>
#include <string_view>

namespace mf::gateway::pages {

/// A file of web/, put into the program by cmake/EmbedWeb.cmake.
struct Asset {
  std::string_view name;  ///< "index.html"
  std::string_view body;
};
[[nodiscard]] std::span<const Asset> web_assets();

}  // namespace mf::gateway::pages
