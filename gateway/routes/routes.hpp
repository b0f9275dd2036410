#pragma once
// The route table, in parts. Each function adds the lines of its file.
#include "gateway/http/route.hpp"

namespace mf::gateway::routes {

void add_session_routes(http::Router& router);
void add_entity_routes(http::Router& router, const Operations& operations);
void add_catalogue_routes(http::Router& router, const Operations& operations);
void add_order_extras(http::Router& router);       ///< timeline, candidates, sync, track
void add_dispatch_routes(http::Router& router);    ///< what a zone's dispatcher does
void add_technician_extras(http::Router& router);  ///< agenda, positions
void add_system_routes(http::Router& router);      ///< cluster, documents, pages, stream
void add_admin_routes(http::Router& router);       ///< the admin listener's own site

/// Everything of the public listener.
void add_all(http::Router& router, const Operations& operations);

}  // namespace mf::gateway::routes
