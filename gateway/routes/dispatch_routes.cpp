#include "actors/views/dispatch_report.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/texts/texts.hpp"

namespace mf::gateway::routes {
namespace {

/// For whoever may run the zone; to everybody else there is no such page.
void dispatch(const CallPtr& call) {
  const Id zone(call->params[0]);
  const auto& runtime = call->thread->runtime();
  const auto catalogue = runtime.catalogue();
  if (!caller(call).dispatches(zone) || !catalogue || !catalogue->zone_ids.contains(zone))
    return call->respond(problem(404, "not_found", "no such object"_en));
  const auto told = runtime.dispatch_report(zone);
  views::DispatchReport nothing;
  nothing.zone = zone;
  const auto language = call->language();
  call->respond(
      http::Response{.body = views::to_json(told ? *told : nothing, texts::say_in(language),
                                            language == texts::Language::spanish),
                     .headers = http::language_lines(language)});
}

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
}

}  // namespace mf::gateway::routes
