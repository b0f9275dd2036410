#pragma once
#include <span>
#include <string_view>

namespace mf::gateway::pages {

/// A file of web/ or of what is built there, put into the program by cmake/EmbedWeb.cmake.
struct Asset {
  std::string_view name;  ///< "index.html", "assets/dispatch-C0ffee.js"
  std::string_view body;
  std::string_view brotli;  ///< the same, compressed; empty: it isn't
};
[[nodiscard]] std::span<const Asset> web_assets();

}  // namespace mf::gateway::pages
