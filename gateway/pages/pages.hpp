#pragma once
#include "gateway/http/route.hpp"

namespace mf::gateway::pages {

/// The files of web/: index.html at "/", others under their name, *.html without the ending.
void add_page_routes(http::Router& router);

}  // namespace mf::gateway::pages
