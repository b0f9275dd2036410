#pragma once
#include "gateway/http/route.hpp"

namespace mf::gateway::pages {

/// The files of web/: index.html at "/", others under their name, *.html without the ending. What
/// is built into assets/ has its content's hash in its name and is kept by browsers for ever.
void add_page_routes(http::Router& router);

}  // namespace mf::gateway::pages
