#include "gateway/api/problem.hpp"

#include "gateway/texts/texts.hpp"

namespace mf::gateway {
namespace {

int status_of(RejectionKind kind) {
  switch (kind) {
    case RejectionKind::not_found: return 404;
    case RejectionKind::forbidden: return 403;
    case RejectionKind::conflict: return 409;
    case RejectionKind::precondition: return 412;
    case RejectionKind::invalid: return 422;
  }
  return 409;
}

Pattern title_of(int status) {
  switch (status) {
    case 400: return "Bad Request"_en;
    case 401: return "Unauthorized"_en;
    case 403: return "Forbidden"_en;
    case 404: return "Not Found"_en;
    case 405: return "Method Not Allowed"_en;
    case 408: return "Request Timeout"_en;
    case 409: return "Conflict"_en;
    case 411: return "Length Required"_en;
    case 412: return "Precondition Failed"_en;
    case 413: return "Content Too Large"_en;
    case 414: return "URI Too Long"_en;
    case 415: return "Unsupported Media Type"_en;
    case 417: return "Expectation Failed"_en;
    case 422: return "Unprocessable Content"_en;
    case 426: return "Upgrade Required"_en;
    case 428: return "Precondition Required"_en;
    case 429: return "Too Many Requests"_en;
    case 431: return "Request Header Fields Too Large"_en;
    case 500: return "Internal Server Error"_en;
    case 501: return "Not Implemented"_en;
    case 503: return "Service Unavailable"_en;
    case 505: return "HTTP Version Not Supported"_en;
    default: return "Unknown"_en;
  }
}

}  // namespace

Problem problem(int status, std::string code, Sentence detail) {
  return {status, std::move(code), std::move(detail), {}, status == 503 || status == 429 ? 1 : 0,
          {}};
}

Problem problem(std::vector<FieldError> errors) {
  Problem result{422, "invalid", "the request has wrong fields"_en, std::move(errors), 0, {}};
  return result;
}

Problem problem(const Rejection& rejection) {
  Problem result{status_of(rejection.kind), rejection.code, rejection.detail, {}, 0, {}};
  if (rejection.kind == RejectionKind::invalid && !rejection.field.empty())
    result.errors.push_back({rejection.field, rejection.code, rejection.detail});
  return result;
}

Problem problem(const entity::Fault& fault) {
  using Code = entity::Fault::Code;
  const int seconds =
      static_cast<int>(std::max<std::int64_t>(1, (fault.retry_after.count() + 999) / 1000));
  switch (fault.code) {
    case Code::outcome_unknown:
      return {503, "outcome_unknown", "it may or may not have happened: retry with the same key"_en,
              {},  seconds,           {}};
    case Code::unavailable:
      return {503, "unavailable", "nothing happened: retry later"_en, {}, seconds, {}};
    case Code::overloaded:
      return {429, "overloaded", "too much is waiting: retry later"_en, {}, seconds, {}};
    case Code::idempotency_key_reused:
      return {422, "idempotency_key_reused", "this key was used with another body"_en, {}, 0, {}};
    case Code::internal:
      return {500, "internal", "this command failed; retrying it will not help"_en, {}, 0, {}};
  }
  return {500, "internal", {}, {}, 0, {}};
}

Problem too_many(Sentence detail, int retry_after_s) {
  return {429, "rate_limited", std::move(detail), {}, retry_after_s, {}};
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 304: return "Not Modified";
    default: return title_of(status).english;
  }
}

std::string errors_json(const std::vector<FieldError>& errors, texts::Language language) {
  std::string out = "[";
  for (const auto& error : errors) {
    if (out.back() != '[') out += ',';
    out += json::Object()
               .add("field", error.field)
               .add("code", error.code)
               .add("detail", texts::say(error.detail, language))
               .text();
  }
  return out += ']';
}

json::Object members_of(const Problem& problem, std::string_view instance,
                        std::string_view request_id, texts::Language language) {
  json::Object out;
  out.add("type", "urn:microflow:problem:" + problem.code)
      .add("title", texts::say(title_of(problem.status), language))
      .add("status", problem.status)
      .add_some("detail", texts::say(problem.detail, language))
      .add_some("instance", instance)
      .add("code", problem.code);
  if (!problem.errors.empty()) out.add_raw("errors", errors_json(problem.errors, language));
  out.add_some("request_id", request_id);
  return out;
}

}  // namespace mf::gateway
