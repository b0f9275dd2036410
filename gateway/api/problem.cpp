#include "gateway/api/problem.hpp"

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

std::string errors_json(const std::vector<FieldError>& errors) {
  std::string out = "[";
  for (const auto& error : errors) {
    if (out.back() != '[') out += ',';
    out += json::Object()
               .add("field", error.field)
               .add("code", error.code)
               .add("detail", error.detail)
               .text();
  }
  return out += ']';
}

}  // namespace

Problem problem(int status, std::string code, std::string detail) {
  return {status, std::move(code), std::move(detail), {}, status == 503 || status == 429 ? 1 : 0,
          {}};
}

Problem problem(std::vector<FieldError> errors) {
  Problem result{422, "invalid", "the request has wrong fields", std::move(errors), 0, {}};
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
      return {503, "outcome_unknown", "it may or may not have happened: retry with the same key",
              {},  seconds,           {}};
    case Code::unavailable:
      return {503, "unavailable", "nothing happened: retry later", {}, seconds, {}};
    case Code::overloaded:
      return {429, "overloaded", "too much is waiting: retry later", {}, seconds, {}};
    case Code::idempotency_key_reused:
      return {422, "idempotency_key_reused", "this key was used with another body", {}, 0, {}};
    case Code::internal:
      return {500, "internal", "this command failed; retrying it will not help", {}, 0, {}};
  }
  return {500, "internal", {}, {}, 0, {}};
}

Problem too_many(std::string detail, int retry_after_s) {
  return {429, "rate_limited", std::move(detail), {}, retry_after_s, {}};
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

json::Object members_of(const Problem& problem, std::string_view instance,
                        std::string_view request_id) {
  json::Object out;
  out.add("type", "urn:microflow:problem:" + problem.code)
      .add("title", reason_phrase(problem.status))
      .add("status", problem.status)
      .add_some("detail", problem.detail)
      .add_some("instance", instance)
      .add("code", problem.code);
  if (!problem.errors.empty()) out.add_raw("errors", errors_json(problem.errors));
  out.add_some("request_id", request_id);
  return out;
}

}  // namespace mf::gateway
