#include "base/described_json.hpp"
#include "base/json.hpp"
#include "gateway/api/resources.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/routes.hpp"

namespace mf::gateway::routes {
namespace {

using http::Method;

const Resource& resource_of_route(const CallPtr& call) {
  return *catalogue_list_at(call->route->pattern);
}

bool may_read(const CallPtr& call, const Resource& list) {
  const auto& by = caller(call);
  return list.is_for_everybody || by.is_administrator() || by.has(Role::supervisor);
}

using Rows = nlohmann::ordered_json;

/// The rows as their owner has them: who has just written one finds it.
void with_rows(const CallPtr& call, const Resource& resource,
               std::move_only_function<void(const Rows&, std::uint64_t version)> then) {
  with_view(call, catalogue_ref,
            [call, &resource, then = std::move(then)](const views::ReadReply& reply) mutable {
              const auto view = parse_ordered_json(reply.json);
              if (!view.is_object())
                return call->respond(problem(500, "internal", "this request failed"_en));
              const auto rows = view.value(std::string(resource.name), Rows::array());
              then(rows, reply.version);
            });
}

void list(const CallPtr& call) {
  const auto& resource = resource_of_route(call);
  const auto limit = limit_of(call);
  const auto from = whole_number(call->query_value("cursor").value_or("0"), 0, 1'000'000);
  if (!from) return call->respond(problem({{"cursor", "malformed", "not one of our cursors"_en}}));
  if (!may_read(call, resource))
    return call->respond(problem(403, "forbidden", "your role may not list this collection"_en));
  with_rows(call, resource,
            [call, limit, from = static_cast<std::size_t>(*from)](const Rows& rows, auto version) {
              views::ListReply reply;
              reply.position = std::to_string(version);
              const auto end = std::min(rows.size(), from + static_cast<std::size_t>(limit));
              for (auto i = from; i < end; ++i) reply.rows.push_back(to_text(rows[i]));
              if (end < rows.size()) reply.next_cursor = std::to_string(end);
              answer_list(call, std::move(reply));
            });
}

void get(const CallPtr& call) {
  const auto& resource = resource_of_route(call);
  if (!may_read(call, resource))
    return call->respond(problem(404, "not_found", "no such object"_en));
  with_rows(call, resource, [call, &resource](const Rows& rows, std::uint64_t version) {
    for (const auto& row : rows) {
      const auto found = row.find(std::string(resource.key));
      if (found == row.end()) continue;
      const auto name = found->is_string() ? found->get<std::string>() : to_text(*found);
      // All of the catalogue is one entity: its version is every row's.
      if (name == call->params[0])
        return call->respond(http::Response{
            .body = to_text(row), .headers = "ETag: \"" + std::to_string(version) + "\"\r\n"});
    }
    call->respond(problem(404, "not_found", "no such object"_en));
  });
}

/// Rows with a natural key are put, and found where they are listed.
void create(const CallPtr& call) {
  const auto& resource = resource_of_route(call);
  command(call, {}, call->request().body,
          resource.key == "id" ? std::string(resource.path) + "/" : std::string());
}

void edit(const CallPtr& call) { command(call, call->params[0], call->request().body); }

}  // namespace

void add_catalogue_routes(http::Router& router, const Operations& operations) {
  for (const auto& resource : resources()) {
    if (!resource.is_catalogue_list()) continue;
    const std::string path(resource.path), name(resource.name), schema(resource.schema);
    router.add({.method = Method::get,
                .pattern = path,
                .name = name + ".list",
                .summary = "List " + name,
                .handle = list,
                .kind = EntityKind::catalogue,
                .query = {resource.list_parameters.begin(), resource.list_parameters.end()},
                .answer = schema + "[]"});
    router.add({.method = Method::get,
                .pattern = path + "/{id}",
                .name = name + ".get",
                .summary = "One of the " + name,
                .handle = get,
                .kind = EntityKind::catalogue,
                .answer = schema,
                .etag = http::ETag::sent});
    if (const auto* operation = operations.find(resource.create))
      router.add({.method = Method::post,
                  .pattern = path,
                  .name = operation->name,
                  .summary = operation->makes_part ? "Create one of the " + name
                                                   : "Set one of the " + name,
                  .handle = create,
                  .body = http::BodyType::json,
                  .operation = operation,
                  .kind = EntityKind::catalogue,
                  .answer = "Outcome"});
    if (const auto* operation = operations.find(resource.edit))
      router.add({.method = Method::patch,
                  .pattern = path + "/{id}",
                  .name = operation->name,
                  .summary = "Edit: a merge patch",
                  .handle = edit,
                  .body = http::BodyType::merge_patch,
                  .operation = operation,
                  .kind = EntityKind::catalogue,
                  .answer = "Outcome",
                  .needs_if_match = true});
  }
}

}  // namespace mf::gateway::routes
