#pragma once
#include "gateway/http/route.hpp"

namespace mf::gateway::routes {

/// The files of web/: index.html at "/", others under their name, *.html without the ending.
void add_pages(http::Router& router);

}  // namespace mf::gateway::routes
