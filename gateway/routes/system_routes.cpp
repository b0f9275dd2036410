#include <charconv>

#include "base/json_text.hpp"
#include "base/metrics.hpp"
#include "gateway/documents/asyncapi.hpp"
#include "gateway/documents/documents.hpp"
#include "gateway/pages/pages.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/routes.hpp"

namespace mf::gateway::routes {
namespace {

using http::Access;
using http::Method;

constexpr int letters_max = 100;

/// One node that owns everything: the shape stays when there are more.
std::string cluster_json(IoThread& thread) {
  const auto health = thread.runtime().health();
  const auto& options = thread.shared().options;
  const auto count = thread.runtime().shard_count();
  const auto node = json::Object()
                        .add("id", options.node_id)
                        .add("address", options.listen)
                        .add("state", health.ready ? "ready" : "not_ready")
                        .add_raw("roles", R"(["gateway","owner"])")
                        .add("version", options.version)
                        .add("owned", health.shards_owned)
                        .add("standby", 0)
                        .text();
  std::string shards = "[";
  for (std::uint16_t shard = 0; shard < count; ++shard) {
    if (shard > 0) shards += ',';
    shards += json::Object()
                  .add("shard", shard)
                  .add("owner", options.node_id)
                  .add("state", "owned")
                  .add_raw("replicas", "[]")
                  .text();
  }
  return json::Object()
      .add("cluster", options.cluster)
      .add("era", thread.runtime().era())
      .add_raw("nodes", "[" + node + "]")
      .add_raw("shards", shards += ']')
      .text();
}

bool may_look_after_nodes(const Principal& by) {
  return by.has(Role::operator_) || by.is_administrator();
}
Problem for_operators() {
  return problem(403, "forbidden", "operators and administrators only"_en);
}

void cluster(const CallPtr& call) {
  if (!may_look_after_nodes(caller(call))) return call->respond(for_operators());
  call->respond(http::Response{.body = cluster_json(*call->thread)});
}

/// Operators see no client data, and bodies are full of it.
void letters(const CallPtr& call) {
  views::LettersQuery query;
  if (const auto text = call->query_value("limit")) {
    const auto [end, error] =
        std::from_chars(text->data(), text->data() + text->size(), query.limit);
    const bool is_number = error == std::errc() && end == text->data() + text->size();
    if (!is_number || query.limit < 1 || query.limit > letters_max)
      return call->respond(
          problem({{"limit", "out_of_range",
                    "{min} to {max}"_en.with("min", 1).with("max", letters_max)}}));
  }
  query.cursor = call->query_value("cursor").value_or("");
  if (!may_look_after_nodes(caller(call))) return call->respond(for_operators());
  call->thread->letters(std::move(query), [call](host::Answered answered) {
    answer_list(call, std::get<views::ListReply>(std::move(answered)));
  });
}

void answer_document(const CallPtr& call, const std::string& text, const std::string& etag) {
  http::Response response{.body = text,
                          .headers = "Cache-Control: no-cache\r\nETag: " + etag + "\r\n"};
  if (call->request().if_none_match == etag) {
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
              .answer = "View"});
  router.add({.method = Method::get,
              .pattern = "/v1/letters",
              .name = "letters",
              .summary = "Dead letters: reactions that their targets refused, and why",
              .handle = letters,
              .query = {"limit", "cursor"},
              .answer = "List"});
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
              .answer = "View"});
  router.add({.method = Method::get,
              .pattern = "/v1/asyncapi.json",
              .name = "asyncapi",
              .summary = "The stream's document",
              .access = Access::open,
              .handle = asyncapi,
              .answer = "View"});
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
