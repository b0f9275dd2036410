#pragma once
#include <expected>

#include "gateway/http/call.hpp"
#include "gateway/routes/answers.hpp"

namespace mf::gateway::routes {

/// A list as the caller may see it.
struct AllowedList {
  views::ListQuery query;
  entity::Viewpoint as = entity::Viewpoint::staff;
};

/// The parameters of the call as a query, with the filters the caller's role forces on it: clients
/// and technicians their own orders, supervisors their zones. Problems: 403 for a collection this
/// role may not list, 422 for a sort by what a client is not shown.
[[nodiscard]] std::expected<AllowedList, Problem> list_query(const CallPtr& call, EntityKind kind);

}  // namespace mf::gateway::routes
