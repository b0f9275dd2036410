#include "gateway/routes/list_query.hpp"

#include "actors/entity/index_keys.hpp"
#include "gateway/http/route.hpp"

namespace mf::gateway::routes {
namespace {

using entity::Viewpoint;
using views::ListQuery;

/// One parameter, checked before (api/parameters.hpp), into the query.
void take(ListQuery& query, std::string_view name, const std::string& value) {
  using enum ListQuery::Sort;
  if (name == "zone") query.zone = value;
  else if (name == "technician") query.technician = value;
  else if (name == "client") query.client = value;
  else if (name == "q") query.q = value;
  else if (name == "cursor") query.cursor = value;
  else if (name == "due_before") query.due_before = parse_rfc3339(value);
  else if (name == "sort")
    query.sort = value == "due" ? due : value == "priority" ? priority : created_at;
  else if (name == "priority") query.priority = whole_number(value, 1, 4);
  else if (name == "status")
    for_each_value(value, [&](std::string_view one) { query.status.emplace_back(one); });
}

Problem not_listed() {
  return problem(403, "forbidden", "your role may not list this collection"_en);
}

/// Orders: everybody but operators, each their own part.
std::expected<void, Problem> limit_orders(AllowedList& list, const Principal& by) {
  if (by.is_administrator()) return {};
  const bool is_technician = by.has(Role::technician) && !by.technician.empty();
  const bool is_client = by.has(Role::client) && !by.client.empty();
  // Who has several roles sees what the widest of them lists; a filter for the own orders names
  // another one.
  if (is_technician && list.query.technician == by.technician) {
    list.as = Viewpoint::technician;
    return {};
  }
  if (is_client && list.query.client == by.client) {
    list.as = Viewpoint::client;
    return {};
  }
  if (by.has(Role::supervisor)) {
    list.query.zones = by.zones;
    // No zones is not "all zones".
    if (by.zones.empty()) list.query.zones = {"none"};
    return {};
  }
  const auto force = [](Id& filter, const Id& own) {
    filter = filter.empty() || filter == own ? own : Id("none");
  };
  if (is_technician) {
    list.as = Viewpoint::technician;
    force(list.query.technician, by.technician);
    return {};
  }
  if (is_client) {
    list.as = Viewpoint::client;
    force(list.query.client, by.client);
    return {};
  }
  return std::unexpected(not_listed());
}

std::expected<void, Problem> limit_others(AllowedList& list, const Principal& by) {
  if (by.is_administrator()) return {};
  if (!by.has(Role::supervisor)) return std::unexpected(not_listed());
  if (list.query.kind == EntityKind::technician) {
    list.query.zones = by.zones;
    if (by.zones.empty()) list.query.zones = {"none"};
  }
  if (list.query.kind == EntityKind::client) {
    list.query.zones = by.zones;
    list.query.zones.emplace_back(entity::no_zone);
  }
  if (list.query.kind == EntityKind::account) list.as = Viewpoint::client;
  return {};
}

/// The public part of an order shows none of these, and neither may a filter or a sort: what is not
/// shown is found by nothing.
std::expected<void, Problem> limit_to_public(const CallPtr& call, ListQuery& query) {
  for (const auto& [name, value] : call->query) {
    if (name == "priority" || name == "due_before" || name == "zone" || name == "technician")
      query.client = "none";
    else if (name == "sort" && value != "created_at")
      return std::unexpected(problem(std::vector<FieldError>{
          {name, "unknown_value", "must be one of {choices}"_en.with("choices", "created_at")}}));
  }
  return {};
}

}  // namespace

std::expected<AllowedList, Problem> list_query(const CallPtr& call, EntityKind kind) {
  AllowedList list;
  list.query.limit = limit_of(call);
  list.query.kind = kind;
  for (const auto& [name, value] : call->query) take(list.query, name, value);
  const auto& by = caller(call);
  auto allowed = kind == EntityKind::work_order ? limit_orders(list, by) : limit_others(list, by);
  if (allowed && kind == EntityKind::work_order && list.as == Viewpoint::client)
    allowed = limit_to_public(call, list.query);
  if (!allowed) return std::unexpected(std::move(allowed.error()));
  return list;
}

}  // namespace mf::gateway::routes
