#include "gateway/http/call.hpp"

#include "base/log.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/http/route.hpp"

namespace mf::gateway::http {

std::string language_lines(texts::Language language) {
  return "Content-Language: " + std::string(texts::tag_of(language)) +
         "\r\nVary: Accept-Language\r\n";
}

void Call::respond(const Problem& problem, std::string extra_headers) {
  const log::TraceScope scope(trace);
  const auto event = auth::refusal_event(problem.status, problem.code, identity != nullptr);
  if (!event.empty())
    auth::tell({.event = event,
                .account = identity ? std::string_view(identity->principal.account) : "",
                .username = {},
                .address = address,
                .route = route ? std::string_view(route->name) : "",
                .code = problem.code,
                .target = route && route->pattern.find('{') != std::string::npos ? params[0] : ""});
  Response response{problem.status,
                    members_of(problem, request().path, request_id, language()).text(),
                    "application/problem+json", std::move(extra_headers)};
  response.headers += language_lines(language());
  if (problem.retry_after_s > 0)
    response.headers += "Retry-After: " + std::to_string(problem.retry_after_s) + "\r\n";
  if (!problem.allow.empty()) response.headers += "Allow: " + problem.allow + "\r\n";
  if (problem.status == 401) response.headers += "WWW-Authenticate: Bearer\r\n";
  if (problem.status == 415) response.headers += "Accept-Encoding: identity\r\n";
  respond(std::move(response));
}

texts::Language Call::language() const {
  return texts::language_for(texts::preferred(request().accept_language),
                             identity ? std::string_view(identity->language) : "");
}

std::optional<std::string_view> Call::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

}  // namespace mf::gateway::http
