#include <algorithm>

#include "base/json.hpp"
#include "gateway/api/resources.hpp"
#include "gateway/routes/account_routes.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/list_query.hpp"
#include "gateway/routes/passwords.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/routes/second_factor.hpp"

namespace mf::gateway::routes {
namespace {

using http::BodyType;
using http::Method;
using http::Router;

void list(const CallPtr& call) {
  auto allowed = list_query(call, call->route->kind);
  if (!allowed) return call->respond(allowed.error());
  call->thread->list(std::move(allowed->query), allowed->as, [call](host::Answered answered) {
    answer_list(call, std::get<views::ListReply>(std::move(answered)));
  });
}

void get(const CallPtr& call) { read(call, {call->route->kind, std::string(call->params[0])}); }

void create(const CallPtr& call) {
  const auto location = std::string(resource_of(call->route->kind)->path) + "/";
  if (call->route->kind == EntityKind::account) return account_command(call, {}, location);
  command(call, {}, call->request().body, location);
}

void run(const CallPtr& call) {
  if (call->route->kind == EntityKind::account) return account_command(call, call->params[0], {});
  command(call, call->params[0], call->request().body);
}

/// A part of an entity: 201 and where the part is shown.
void add_part(const CallPtr& call) {
  command(call, call->params[0], call->request().body, std::string(call->request().path) + "/");
}

void edit_site(const CallPtr& call) {
  const auto body = with_member(call->request().body, "site", call->params[1]);
  if (!body) return call->respond(body.error());
  command(call, call->params[0], *body);
}

/// Of a member that stands in the path.
std::string without_member(const std::string& schema, const std::string& name) {
  auto body = parse_ordered_json(schema);
  if (!body.is_object() || !body.contains("properties")) return schema;
  body["properties"].erase(name);
  if (body.contains("required")) {
    auto& required = body["required"];
    const auto found = std::ranges::find(required, nlohmann::ordered_json(name));
    if (found != required.end()) required.erase(found);
    if (required.empty()) body.erase("required");
  }
  return to_text(body);
}

void add_verb(Router& router, const Resource& resource, const Operation& operation) {
  const bool is_account = resource.kind == EntityKind::account;
  const std::string name(resource.name), path(resource.path);
  http::Route route{.method = Method::post,
                    .name = operation.name,
                    .handle = run,
                    .body = BodyType::json,
                    .operation = &operation,
                    .kind = resource.kind,
                    .answer = "Outcome"};
  if (is_account) route.schema = with_password(operation.schema);
  if (operation.creates) {
    route.pattern = path;
    route.summary = "Create one of the " + name;
    route.handle = create;
    if (!resource.alias.empty()) {
      auto alias = route;
      alias.pattern = resource.alias;
      alias.name = name + ".create_alias";
      alias.summary = "The same as POST " + path;
      router.add(std::move(alias));
    }
  } else if (operation.verb == "edit") {
    route.method = Method::patch;
    route.pattern = path + "/{id}";
    route.summary = "Edit: a merge patch";
    route.body = BodyType::merge_patch;
    route.needs_if_match = true;
  } else if (operation.verb == "edit_site") {
    route.method = Method::patch;
    route.pattern = path + "/{id}/sites/{site}";
    route.summary = "Edit a site: a merge patch";
    route.handle = edit_site;
    route.schema = without_member(operation.schema, "site");
    route.body = BodyType::merge_patch;
    route.needs_if_match = true;
  } else {
    route.pattern = path + "/{id}/" + std::string(path_word(operation.kind, operation.verb));
    route.summary = operation.summary.empty() ? operation.verb : operation.summary;
    if (operation.makes_part) route.handle = add_part;
    if (operation.name == "accounts.invite") {
      route.handle = invite;
      route.body = BodyType::none;
      route.answer = "Invitation";
      route.answer_schema = invitation_schema();
    }
  }
  router.add(std::move(route));
}

/// The sites of a client stand in its view.
void list_sites(const CallPtr& call) {
  with_view(call, {EntityKind::client, std::string(call->params[0])},
            [call](const views::ReadReply& reply) {
              answer_array(call, array_member(reply.json, "sites"));
            });
}

/// A site of a client, or an asset at one of them: where `Location` says it is.
void get_part(const CallPtr& call) {
  with_view(call, {EntityKind::client, std::string(call->params[0])},
            [call](const views::ReadReply& reply) {
              const auto id = call->params[1];
              const bool is_one = is_id(call->route->name == "clients.site" ? "sit" : "ast", id);
              const auto part = is_one ? client_part(reply.json, id) : std::string();
              if (part.empty())
                return call->respond(problem(404, "not_found", "no such object"_en));
              call->respond(http::Response{
                  .body = part, .headers = "ETag: \"" + std::to_string(reply.version) + "\"\r\n"});
            });
}

}  // namespace

void add_entity_routes(Router& router, const Operations& operations) {
  add_second_factor_route(router);
  for (const auto& resource : resources()) {
    if (resource.is_catalogue_list()) continue;
    const std::string name(resource.name), path(resource.path);
    router.add({.method = Method::get,
                .pattern = path,
                .name = name + ".list",
                .summary = "List and search " + name,
                .handle = list,
                .kind = resource.kind,
                .query = {resource.list_parameters.begin(), resource.list_parameters.end()},
                .answer = "List"});
    router.add({.method = Method::get,
                .pattern = path + "/{id}",
                .name = name + ".get",
                .summary = "One of the " + name,
                .handle = get,
                .kind = resource.kind,
                .answer = "View",
                .etag = http::ETag::compared});
  }
  router.add({.method = Method::get,
              .pattern = "/v1/clients/{id}/sites",
              .name = "clients.sites",
              .summary = "The sites of a client",
              .handle = list_sites,
              .kind = EntityKind::client,
              .answer = "Site[]"});
  router.add({.method = Method::get,
              .pattern = "/v1/clients/{id}/sites/{site}",
              .name = "clients.site",
              .summary = "One site of a client",
              .handle = get_part,
              .kind = EntityKind::client,
              .answer = "Site",
              .etag = http::ETag::sent});
  router.add({.method = Method::get,
              .pattern = "/v1/clients/{id}/assets/{asset}",
              .name = "clients.asset",
              .summary = "One asset of a client",
              .handle = get_part,
              .kind = EntityKind::client,
              .answer = "Asset",
              .etag = http::ETag::sent});
  for (const auto& operation : operations.all())
    if (const auto* resource = resource_of(operation.kind)) add_verb(router, *resource, operation);
}

void add_all(Router& router, const Operations& operations) {
  add_session_routes(router);
  add_entity_routes(router, operations);
  add_catalogue_routes(router, operations);
  add_order_extras(router);
  add_dispatch_routes(router);
  add_technician_extras(router);
  add_system_routes(router);
}

}  // namespace mf::gateway::routes
