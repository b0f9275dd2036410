#include "tests/system/callers.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace mf::system_test {

void Doors::open(const Address& address) {
  http_.move_to(address);
  live_.pushes().clear();
  live_.open(address, http_.token());
}

asio::awaitable<std::optional<Told>> Doors::ask(Request request, Door door) {
  if (door == Door::stream) co_return co_await ask_stream(std::move(request));
  co_return co_await ask_http(std::move(request));
}

asio::awaitable<std::optional<Told>> Doors::ask_http(Request request) {
  const bool creates = request.verb == "create";
  std::string path = creates ? "/v1/orders" : "/v1/orders/" + request.order + "/" + request.verb;
  std::string body = to_text(request.body);
  client::Headers headers;
  headers.emplace_back("Idempotency-Key", request.key);
  try {
    const Answer answer =
        co_await http_.send("POST", std::move(path), std::move(body), std::move(headers));
    Told told{answer.status, answer.json, answer.is_replayed()};
    co_return told;
  } catch (const boost::system::system_error&) {  // NOLINT(bugprone-empty-catch)
    // As for anybody outside: what became of it is unknown.
  }
  co_return std::nullopt;
}

asio::awaitable<std::optional<Told>> Doors::ask_stream(Request request) {
  Json params = std::move(request.body);
  if (!request.order.empty()) params["id"] = request.order;
  Json body{{"method", "orders." + request.verb}, {"key", request.key}};
  body["params"] = std::move(params);
  Json reply = co_await live_.async_call("rpc", std::move(body));
  if (reply.contains("ok")) {
    Told told{200, reply["ok"], {}};
    co_return told;
  }
  if (!reply.contains("err")) co_return std::nullopt;
  Told told{reply["err"].at("status"), reply["err"], {}};
  co_return told;
}

namespace {

const std::map<std::string, std::string> event_of{
    {"create", "order.created"},        {"triage", "order.triaged"},
    {"assign", "assignment.created"},   {"unassign", "assignment.revoked"},
    {"start", "tracking.work_started"}, {"complete", "tracking.work_completed"},
    {"approve", "order.closed"},        {"cancel", "order.cancelled"},
};

}  // namespace

void Ledger::note(const Request& request, const Told& told) {
  const std::string id = told.body.at("id");
  touched.insert(id);
  auto& order = orders[id];
  if (request.verb == "comment") {
    order.comments.insert(request.body.at("text"));
    return;
  }
  if (request.verb == "create") order.title = request.body.at("title");
  order.steps.push_back(event_of.at(request.verb));
}

std::string Ledger::difference(const Order& order, const Json& timeline) {
  std::multiset<std::string> comments;
  std::vector<std::string> steps;
  std::uint64_t version = 0;
  for (const auto& event : timeline) {
    if (event.at("version") != ++version) return "versions are not contiguous";
    const std::string type = event.at("type");
    if (type == "order.commented") comments.insert(event.at("data").at("text"));
    else if (type != "order.twin_changed") steps.push_back(type);  // another one has ended
  }
  if (comments != order.comments)
    return std::to_string(comments.size()) + " comments instead of " +
           std::to_string(order.comments.size());
  if (steps == order.steps) return {};
  std::string text = "steps:";
  for (const auto& step : steps) text += " " + step;
  text += " instead of:";
  for (const auto& step : order.steps) text += " " + step;
  return text;
}

}  // namespace mf::system_test
