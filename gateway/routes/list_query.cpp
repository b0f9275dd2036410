#include "gateway/routes/list_query.hpp"

#include <algorithm>
#include <charconv>

#include "actors/entity/index_keys.hpp"
#include "base/text.hpp"
#include "gateway/api/resources.hpp"

namespace mf::gateway::routes {
namespace {

using entity::Viewpoint;
using views::ListQuery;

constexpr std::size_t words_size_max = 100, cursor_size_max = 1024;
constexpr std::string_view statuses[] = {
    "NEW",     "TRIAGED",     "SCHEDULED", "ASSIGNED",  "ACCEPTED",          "EN_ROUTE",
    "ON_SITE", "IN_PROGRESS", "PAUSED",    "COMPLETED", "APPROVAL_REQUIRED", "CLOSED",
    "FAILED",  "CANCELLED",   "REJECTED"};

std::optional<int> number(std::string_view text, int low, int high) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high)
    return {};
  return value;
}

/// One parameter into the query; what is wrong with it, or nothing.
class Parameters {
 public:
  explicit Parameters(ListQuery& query) : query_(query) {}
  std::vector<FieldError> errors;

  void take(const std::string& name, const std::string& value) {
    if (name == "status") return take_statuses(value);
    if (name == "zone") return take_id(name, value, query_.zone);
    if (name == "technician") return take_id(name, value, query_.technician);
    if (name == "client") return take_id(name, value, query_.client);
    if (name == "limit") return take_limit(value);
    if (name == "sort") return take_sort(value);
    if (name == "priority") {
      query_.priority = number(value, 1, 4);
      if (!query_.priority)
        refuse(name, "out_of_range", "{min} to {max}"_en.with("min", 1).with("max", 4));
    } else if (name == "due_before") {
      query_.due_before = parse_rfc3339(value);
      if (!query_.due_before) refuse(name, "malformed", "an RFC 3339 time"_en);
    } else if (name == "q") {
      query_.q = value;
      if (characters(value) > words_size_max)
        refuse(name, "too_long", "at most {max} characters"_en.with("max", words_size_max));
    } else if (name == "cursor") {
      query_.cursor = value;
      if (value.size() > cursor_size_max) refuse(name, "malformed", "not one of our cursors"_en);
    }
  }

 private:
  void refuse(std::string name, std::string code, Sentence detail) {
    errors.push_back({std::move(name), std::move(code), std::move(detail)});
  }
  /// A filter is called as one of what it names.
  void take_id(const std::string& name, const std::string& value, Id& into) {
    into = value;
    const auto named = std::ranges::find(resources(), name, &Resource::singular);
    if (named == resources().end() || !is_id(named->id_prefix, value))
      refuse(name, "malformed", "not an id of this kind"_en);
  }
  void take_limit(const std::string& value) {
    const auto limit = number(value, 1, 100);
    if (limit) query_.limit = *limit;
    else refuse("limit", "out_of_range", "{min} to {max}"_en.with("min", 1).with("max", 100));
  }
  void take_sort(const std::string& value) {
    using enum ListQuery::Sort;
    if (value == "created_at") query_.sort = created_at;
    else if (value == "due") query_.sort = due;
    else if (value == "priority") query_.sort = priority;
    else refuse("sort", "unknown_value", "created_at, due or priority"_en);
  }
  void take_statuses(std::string_view value) {
    while (!value.empty()) {
      const auto comma = value.find(',');
      const auto one = value.substr(0, comma);
      value = comma == value.npos ? std::string_view() : value.substr(comma + 1);
      if (std::ranges::find(statuses, one) == std::end(statuses))
        return refuse("status", "unknown_value", "not a status of an order"_en);
      query_.status.emplace_back(one);
    }
  }
  ListQuery& query_;
};

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

}  // namespace

std::expected<AllowedList, Problem> list_query(const CallPtr& call, EntityKind kind) {
  AllowedList list;
  list.query.kind = kind;
  Parameters parameters(list.query);
  for (const auto& [name, value] : call->query) parameters.take(name, value);
  if (kind != EntityKind::work_order && list.query.sort != ListQuery::Sort::created_at)
    parameters.errors.push_back({"sort", "unknown_value", "only created_at"_en});
  if (!parameters.errors.empty()) return std::unexpected(problem(std::move(parameters.errors)));
  const auto& by = caller(call);
  auto allowed = kind == EntityKind::work_order ? limit_orders(list, by) : limit_others(list, by);
  if (!allowed) return std::unexpected(std::move(allowed.error()));
  return list;
}

}  // namespace mf::gateway::routes
