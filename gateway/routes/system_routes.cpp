#include <algorithm>
#include <array>

#include "base/described_schema.hpp"
#include "base/metrics.hpp"
#include "gateway/documents/asyncapi.hpp"
#include "gateway/documents/documents.hpp"
#include "gateway/http/headers.hpp"
#include "gateway/pages/pages.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/routes.hpp"

namespace mf::gateway::routes {
namespace {

using http::Access;
using http::Method;

struct NodeView {
  std::string id, address, state;
  std::vector<std::string> roles;
  std::string version;
  std::size_t owned = 0, standby = 0;
};
BOOST_DESCRIBE_STRUCT(NodeView, (), (id, address, state, roles, version, owned, standby))
struct ReplicaView {
  std::string node;
  std::uint64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(ReplicaView, (), (node, seq))
struct ShardView {
  std::size_t shard = 0;
  std::string owner, state;
  std::vector<ReplicaView> replicas;
};
BOOST_DESCRIBE_STRUCT(ShardView, (), (shard, owner, state, replicas))
struct ClusterView {
  std::string cluster, era;
  std::vector<NodeView> nodes;
  std::vector<ShardView> shards;
};
BOOST_DESCRIBE_STRUCT(ClusterView, (), (cluster, era, nodes, shards))

constexpr auto always_written(const NodeView*) { return std::array{"roles"}; }
constexpr auto always_written(const ShardView*) { return std::array{"replicas"}; }
constexpr auto always_written(const ClusterView*) { return std::array{"nodes", "shards"}; }
constexpr auto notes_on(const NodeView*) {
  return std::array{json::Note{"state", "ready or not_ready."},
                    json::Note{"roles", "gateway, owner."}, json::Note{"owned", "Shards it owns."},
                    json::Note{"standby", "Shards it keeps a copy of."}};
}
constexpr auto notes_on(const ShardView*) {
  return std::array{
      json::Note{"owner", "The node whose word counts."},
      json::Note{"state", "owned: somebody decides for it; closed: nobody does, see readiness."}};
}
constexpr auto notes_on(const ClusterView*) {
  return std::array{json::Note{"era", "The random id of the history that is kept here."}};
}

/// One node that owns everything: the shape stays when there are more.
ClusterView cluster_view(IoThread& thread) {
  const auto health = thread.runtime().health();
  const auto& options = thread.shared().options;
  ClusterView view{.cluster = options.cluster,
                   .era = thread.runtime().era(),
                   .nodes = {{.id = options.node_id,
                              .address = options.listen,
                              .state = health.ready ? "ready" : "not_ready",
                              .roles = {"gateway", "owner"},
                              .version = options.version,
                              .owned = static_cast<std::size_t>(health.shards_owned)}},
                   .shards = {}};
  for (std::size_t shard = 0; shard < thread.runtime().shard_count(); ++shard) {
    const bool is_closed = std::ranges::count(health.closed, shard, &host::ClosedShard::shard) > 0;
    view.shards.push_back({.shard = shard,
                           .owner = options.node_id,
                           .state = is_closed ? "closed" : "owned",
                           .replicas = {}});
  }
  return view;
}

bool may_look_after_nodes(const Principal& by) {
  return by.has(Role::operator_) || by.is_administrator();
}
Problem for_operators() {
  return problem(403, "forbidden", "operators and administrators only"_en);
}

void cluster(const CallPtr& call) {
  if (!may_look_after_nodes(caller(call))) return call->respond(for_operators());
  call->respond(http::Response{.body = json::to_text(cluster_view(*call->thread))});
}

/// Operators see no client data, and bodies are full of it.
void letters(const CallPtr& call) {
  views::LettersQuery query;
  query.limit = limit_of(call);
  query.cursor = call->query_value("cursor").value_or("");
  if (!may_look_after_nodes(caller(call))) return call->respond(for_operators());
  call->thread->letters(query, [call](host::Answered answered) {
    answer_list(call, std::get<views::ListReply>(std::move(answered)));
  });
}

void answer_document(const CallPtr& call, const std::string& text, const std::string& etag) {
  http::Response response{.body = text,
                          .headers = "Cache-Control: no-cache\r\nETag: " + etag + "\r\n"};
  if (http::names(call->request().if_none_match, etag)) {
    response.status = 304;
    response.body = {};
  }
  call->respond(std::move(response));
}

void openapi(const CallPtr& call) {
  const auto& shared = call->thread->shared();
  answer_document(call, shared.openapi, shared.openapi_etag);
}

void asyncapi(const CallPtr& call) {
  static const auto document = documents::asyncapi_document(call->thread->shared().options.version,
                                                            call->thread->shared().operations);
  static const auto etag = "\"" + to_hex(blake2b_128({document}).view()) + "\"";
  answer_document(call, document, etag);
}

/// Upgrades never get here (http/conversation.cpp).
void stream(const CallPtr& call) {
  call->respond(problem(426, "upgrade_required", "open this as a WebSocket"_en),
                "Upgrade: websocket\r\n");
}

void live(const CallPtr& call) {
  call->respond(http::Response{200, "ok\n", "text/plain; charset=utf-8", {}});
}

void ready(const CallPtr& call) {
  auto health = call->thread->runtime().health();
  if (call->thread->is_draining()) health = {false, "draining", 0, 0, 0};
  http::Response response{200, "ready\n", "text/plain; charset=utf-8", {}};
  if (!health.ready) {
    response.status = 503;
    response.body = health.why_not + "\n";
    response.headers = "Retry-After: 1\r\n";
  }
  call->respond(std::move(response));
}

void started(const CallPtr& call) {
  const auto health = call->thread->runtime().health();
  const bool is_started = health.is_started;
  call->respond(http::Response{is_started ? 200 : 503,
                               is_started ? "started\n" : health.why_not + "\n",
                               "text/plain; charset=utf-8",
                               {}});
}

void numbers(const CallPtr& call) {
  call->respond(
      http::Response{200, metrics::expose(), "text/plain; version=0.0.4; charset=utf-8", {}});
}

}  // namespace

void add_system_routes(http::Router& router) {
  router.add({.method = Method::get,
              .pattern = "/v1/cluster",
              .name = "cluster",
              .summary = "Nodes and shards",
              .handle = cluster,
              .answer = "Cluster",
              .answer_schema = json::shown<ClusterView>(Shown::Use::part, {}).schema});
  router.add({.method = Method::get,
              .pattern = "/v1/letters",
              .name = "letters",
              .summary = "Dead letters: reactions that their targets refused, and why",
              .handle = letters,
              .query = {limit_parameter, cursor_parameter},
              .answer = "Letter[]",
              .answer_schema = views::form_of_letter().schema});
  router.add({.method = Method::get,
              .pattern = "/v1/stream",
              .name = "stream",
              .summary = "The live stream: a WebSocket",
              .handle = stream,
              .answer = "upgrade"});
  router.add({.method = Method::get,
              .pattern = "/v1/openapi.json",
              .name = "openapi",
              .summary = "This document",
              .access = Access::open,
              .handle = openapi,
              .answer = "Document",
              .etag = http::ETag::compared});
  router.add({.method = Method::get,
              .pattern = "/v1/asyncapi.json",
              .name = "asyncapi",
              .summary = "The stream's document",
              .access = Access::open,
              .handle = asyncapi,
              .answer = "Document",
              .etag = http::ETag::compared});
  pages::add_page_routes(router);
}

void add_admin_routes(http::Router& router) {
  const auto add = [&](std::string path, const std::string& name, void (*handle)(const CallPtr&)) {
    router.add({.method = Method::get,
                .pattern = std::move(path),
                .name = name,
                .summary = name,
                .access = Access::open,
                .handle = handle});
  };
  add("/livez", "live", live);
  add("/readyz", "ready", ready);
  add("/startupz", "started", started);
  add("/metrics", "metrics", numbers);
}

}  // namespace mf::gateway::routes
