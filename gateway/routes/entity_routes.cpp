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

struct Collection {
  EntityKind kind;
  std::string name, singular, path;
};
const Collection collections[] = {
    {EntityKind::work_order, "orders", "order", "/v1/orders"},
    {EntityKind::technician, "technicians", "technician", "/v1/technicians"},
    {EntityKind::client, "clients", "client", "/v1/clients"},
    {EntityKind::account, "accounts", "account", "/v1/accounts"},
};

/// Verbs whose path is a noun.
struct Noun {
  std::string_view operation, path;
};
constexpr Noun nouns[] = {
    {"technicians.set_availability", "availability"},
    {"clients.add_site", "sites"},
    {"clients.add_asset", "assets"},
};

void list(const CallPtr& call) {
  auto allowed = list_query(call, call->route->kind);
  if (!allowed) return call->respond(allowed.error());
  call->thread->list(std::move(allowed->query), allowed->as, [call](host::Answered answered) {
    answer_list(call, std::get<views::ListReply>(std::move(answered)));
  });
}

void get(const CallPtr& call) { read(call, {call->route->kind, std::string(call->params[0])}); }

void create(const CallPtr& call) {
  const auto location =
      call->route->pattern == "/orders" ? "/v1/orders/" : call->route->pattern + "/";
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

std::string path_of(const Operation& operation) {
  for (const auto& noun : nouns)
    if (noun.operation == operation.name) return std::string(noun.path);
  return operation.verb;
}

void add_verb(Router& router, const Collection& collection, const Operation& operation) {
  const bool is_account = collection.kind == EntityKind::account;
  http::Route route{.method = Method::post,
                    .name = operation.name,
                    .handle = run,
                    .body = BodyType::json,
                    .operation = &operation,
                    .kind = collection.kind,
                    .answer = "Outcome"};
  if (is_account) route.schema = with_password(operation.schema);
  if (operation.creates) {
    route.pattern = collection.path;
    route.summary = "Create one of the " + collection.name;
    route.handle = create;
    if (collection.kind == EntityKind::work_order) {
      auto alias = route;
      alias.pattern = "/orders";
      alias.name = "orders.create_alias";
      alias.summary = "The same as POST /v1/orders";
      router.add(std::move(alias));
    }
  } else if (operation.verb == "edit") {
    route.method = Method::patch;
    route.pattern = collection.path + "/{id}";
    route.summary = "Edit: a merge patch";
    route.body = BodyType::merge_patch;
    route.needs_if_match = true;
  } else if (operation.verb == "edit_site") {
    route.method = Method::patch;
    route.pattern = collection.path + "/{id}/sites/{site}";
    route.summary = "Edit a site: a merge patch";
    route.handle = edit_site;
    route.body = BodyType::merge_patch;
    route.needs_if_match = true;
  } else {
    route.pattern = collection.path + "/{id}/" + path_of(operation);
    route.summary = operation.verb + " (" + collection.singular + ")";
    if (operation.makes_part) route.handle = add_part;
    if (operation.name == "accounts.invite") {
      route.handle = invite;
      route.body = BodyType::none;
      route.answer = "Invitation";
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
              if (part.empty()) return call->respond(problem(404, "not_found", "no such object"));
              call->respond(http::Response{
                  .body = part, .headers = "ETag: \"" + std::to_string(reply.version) + "\"\r\n"});
            });
}

}  // namespace

void add_entity_routes(Router& router, const Operations& operations) {
  add_second_factor_route(router);
  for (const auto& collection : collections) {
    router.add({.method = Method::get,
                .pattern = collection.path,
                .name = collection.name + ".list",
                .summary = "List and search " + collection.name,
                .handle = list,
                .kind = collection.kind,
                .query = list_parameters(collection.kind),
                .answer = "List"});
    router.add({.method = Method::get,
                .pattern = collection.path + "/{id}",
                .name = collection.name + ".get",
                .summary = "One of the " + collection.name,
                .handle = get,
                .kind = collection.kind,
                .answer = "View"});
  }
  router.add({.method = Method::get,
              .pattern = "/v1/clients/{id}/sites",
              .name = "clients.sites",
              .summary = "The sites of a client",
              .handle = list_sites,
              .kind = EntityKind::client,
              .answer = "List"});
  router.add({.method = Method::get,
              .pattern = "/v1/clients/{id}/sites/{site}",
              .name = "clients.site",
              .summary = "One site of a client",
              .handle = get_part,
              .kind = EntityKind::client,
              .answer = "View"});
  router.add({.method = Method::get,
              .pattern = "/v1/clients/{id}/assets/{asset}",
              .name = "clients.asset",
              .summary = "One asset of a client",
              .handle = get_part,
              .kind = EntityKind::client,
              .answer = "View"});
  for (const auto& operation : operations.all())
    for (const auto& collection : collections)
      if (collection.kind == operation.kind) add_verb(router, collection, operation);
}

void add_all(Router& router, const Operations& operations) {
  add_session_routes(router);
  add_entity_routes(router, operations);
  add_catalogue_routes(router, operations);
  add_order_extras(router);
  add_technician_extras(router);
  add_system_routes(router);
}

}  // namespace mf::gateway::routes
