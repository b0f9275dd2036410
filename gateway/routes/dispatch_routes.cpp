#include "actors/views/dispatch_report.hpp"
#include "base/described_json.hpp"
#include "gateway/io/order_cap.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/texts/texts.hpp"

namespace mf::gateway::routes {
namespace {

/// For whoever may run the zone; to everybody else there is no such page. False: answered.
bool may_dispatch(const CallPtr& call, const Id& zone) {
  const auto catalogue = call->thread->runtime().catalogue();
  if (caller(call).dispatches(zone) && catalogue && catalogue->zone_ids.contains(zone)) return true;
  call->respond(problem(404, "not_found", "no such object"_en));
  return false;
}

void dispatch(const CallPtr& call) {
  const Id zone(call->params[0]);
  if (!may_dispatch(call, zone)) return;
  const auto told = call->thread->runtime().dispatch_report(zone);
  views::DispatchReport nothing;
  nothing.zone = zone;
  const auto language = call->language();
  call->respond(
      http::Response{.body = views::to_json(told ? *told : nothing, texts::say_in(language)),
                     .headers = http::language_lines(language)});
}

constexpr std::size_t accepted_max = 100;

std::expected<std::vector<Id>, Problem> proposals_of(std::string_view text) {
  const auto body = json::parse(text.empty() ? "{}" : text);
  if (!body) return std::unexpected(problem(std::vector{body.error()}));
  if (!body->is_object())
    return std::unexpected(problem({{"", "wrong_type", "the body is not a JSON object"_en}}));
  std::vector<FieldError> errors;
  for (const auto& [name, value] : body->items())
    if (name != "proposals") errors.push_back({name, "unknown_field", "there is no such field"_en});
  const auto list = body->find("proposals");
  if (list == body->end() || !list->is_array())
    errors.push_back({"proposals", "required", "a list of proposals"_en});
  else if (list->empty() || list->size() > accepted_max)
    errors.push_back({"proposals", "out_of_range", "1 to 100 of them"_en});
  std::vector<Id> ids;
  for (std::size_t i = 0; errors.empty() && i < list->size(); ++i) {
    if ((*list)[i].is_string()) ids.push_back((*list)[i].get<Id>());
    else errors.push_back({"proposals." + std::to_string(i), "wrong_type", "a text"_en});
  }
  if (!errors.empty()) return std::unexpected(problem(std::move(errors)));
  return ids;
}

struct Acceptance {
  CallPtr call;
  Id zone;
  std::vector<Id> proposals;
  std::size_t next = 0;
  std::string results = "{\"results\":[";
};
using AcceptancePtr = std::shared_ptr<Acceptance>;

void accept_next(const AcceptancePtr& all);

void put(const AcceptancePtr& all, const views::ProposalPtr& proposal, const std::string& verdict) {
  auto& out = all->results;
  if (out.back() != '[') out += ',';
  out += "{\"proposal\":";
  json::append_quoted(out, all->proposals[all->next]);
  if (proposal) {
    out += ",\"order\":";
    json::append_quoted(out, proposal->order);
  }
  out += ',' + verdict + '}';
  ++all->next;
  accept_next(all);
}

/// The command that the proposal is, as this person's. The proposal is its key: accepted again, it
/// comes to the same.
void accept_next(const AcceptancePtr& all) {
  const auto& call = all->call;
  auto& thread = *call->thread;
  if (all->next == all->proposals.size()) {
    all->results += "]}";
    return call->respond(http::Response{.body = std::move(all->results),
                                        .headers = http::language_lines(call->language())});
  }
  const auto& id = all->proposals[all->next];
  const auto proposal = thread.runtime().proposal(all->zone, id);
  const auto no = [&](const Problem& why) { put(all, proposal, verdict_member(call, why)); };
  if (!proposal) return no(problem(409, "proposal_gone", "this is not proposed any more"_en));
  const auto* operation = thread.shared().operations.find("orders." + proposal->verb);
  const Intent intent{.operation = operation,
                      .target = proposal->order,
                      .body = proposal->body,
                      .key = id,
                      .expected_versions = {proposal->order_version},
                      .trace = call->trace,
                      .occurred_at = {},
                      .fingerprint = {}};
  auto built = build(thread.runtime().kinds(), intent, caller(call), thread.now(),
                     thread.shared().options.deadlines.command);
  if (!built) return no(built.error());
  const auto answered = [all, proposal](const entity::Reply& reply) {
    if (const auto* refused = std::get_if<Rejection>(&reply))
      return put(all, proposal, verdict_member(all->call, problem(*refused)));
    if (const auto* fault = std::get_if<entity::Fault>(&reply))
      return put(all, proposal, verdict_member(all->call, problem(*fault)));
    put(all, proposal, verdict_member(std::get<entity::Outcome>(reply), {}));
  };
  if (const auto full =
          submit_capped(thread, *operation, caller(call), std::move(built->command), answered))
    no(*full);
}

void accept(const CallPtr& call) {
  auto proposals = proposals_of(call->request().body);
  if (!proposals) return call->respond(proposals.error());
  const Id zone(call->params[0]);
  if (!may_dispatch(call, zone)) return;
  // All of them are taken together; whoever asks for many waits before the next request.
  call->thread->shared().commands.charge(caller(call).account,
                                         static_cast<double>(proposals->size() - 1));
  accept_next(std::make_shared<Acceptance>(Acceptance{call, zone, *std::move(proposals)}));
}

constexpr std::string_view accept_schema =
    R"({"type":"object","additionalProperties":false,"required":["proposals"],)"
    R"("properties":{"proposals":{"type":"array","minItems":1,"maxItems":100,)"
    R"("items":{"type":"string"}}}})";

}  // namespace

void add_dispatch_routes(http::Router& router) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/zones/{id}/dispatch",
              .name = "zones.dispatch",
              .summary = "What the zone's dispatcher did last, and what waits for whom and why",
              .handle = dispatch,
              .kind = EntityKind::catalogue,
              .answer = "Dispatch",
              .answer_schema = views::form_of_dispatch_report().schema});
  router.add({.method = http::Method::post,
              .pattern = "/v1/zones/{id}/accept_proposals",
              .name = "zones.accept_proposals",
              .summary = "Carry out what the zone's dispatcher proposes, a verdict for each",
              .handle = accept,
              .body = http::BodyType::json,
              .kind = EntityKind::catalogue,
              .schema = std::string(accept_schema),
              .answer = "AcceptedProposals"});
}

}  // namespace mf::gateway::routes
