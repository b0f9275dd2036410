#include "gateway/routes/sync.hpp"

#include <algorithm>

#include "base/described_json.hpp"
#include "base/json.hpp"
#include "gateway/io/order_cap.hpp"
#include "gateway/routes/answers.hpp"

namespace mf::gateway::routes {
namespace {

constexpr std::size_t commands_max = 200;

/// One queued command, checked as far as the envelope goes.
struct Queued {
  std::string method, target, body, key;
  std::optional<Timestamp> occurred_at;
};

struct Batch {
  CallPtr call;
  std::vector<Queued> commands;
  Duration clock_offset{};  // what the phone's clock lacks
  std::size_t next = 0;
  bool is_stopped = false;  // one could not be decided: those behind it must not overtake it
  std::string results = "{\"results\":[";
};
using BatchPtr = std::shared_ptr<Batch>;

class EnvelopeReader {
 public:
  std::vector<FieldError> errors;
  std::optional<Timestamp> sent_at;

  std::vector<Queued> read(const nlohmann::json& body) {
    std::vector<Queued> result;
    if (!body.is_object())
      return refuse("", "wrong_type", "the body is not a JSON object"_en), result;
    sent_at = time("sent_at", body, "sent_at");
    for (const auto& [name, value] : body.items())
      if (name != "commands" && name != "sent_at")
        refuse(name, "unknown_field", "there is no such field"_en);
    const auto commands = body.find("commands");
    if (commands == body.end())
      return refuse("commands", "required", "this field is required"_en), result;
    if (!commands->is_array()) return refuse("commands", "wrong_type", "not a list"_en), result;
    if (commands->size() > commands_max)
      return refuse("commands", "too_many", "at most {max}"_en.with("max", commands_max)), result;
    for (std::size_t i = 0; i < commands->size(); ++i)
      result.push_back(read_one("commands." + std::to_string(i), (*commands)[i]));
    return result;
  }

 private:
  void refuse(std::string field, std::string code, Sentence detail) {
    errors.push_back({std::move(field), std::move(code), std::move(detail)});
  }

  Queued read_one(const std::string& path, const nlohmann::json& from) {
    Queued queued;
    if (!from.is_object()) return refuse(path, "wrong_type", "not an object"_en), queued;
    for (const auto& [name, value] : from.items())
      if (name != "method" && name != "params" && name != "key" && name != "occurred_at")
        refuse(path + "." + name, "unknown_field", "there is no such field"_en);
    queued.method = text(path, from, "method");
    queued.key = text(path, from, "key");
    queued.occurred_at = time(path + ".occurred_at", from, "occurred_at");
    take_params(path, from, queued);
    return queued;
  }

  std::optional<Timestamp> time(const std::string& field, const nlohmann::json& from,
                                const char* name) {
    const auto found = from.find(name);
    if (found == from.end()) return {};
    const auto at =
        found->is_string() ? parse_rfc3339(found->get_ref<const std::string&>()) : std::nullopt;
    if (!at) refuse(field, "malformed", "an RFC 3339 time"_en);
    return at;
  }

  std::string text(const std::string& path, const nlohmann::json& from, const char* name) {
    const auto found = from.find(name);
    if (found != from.end() && found->is_string() && !found->get_ref<const std::string&>().empty())
      return found->get<std::string>();
    refuse(path + "." + name, found == from.end() ? "required" : "wrong_type", "a text"_en);
    return {};
  }

  void take_params(const std::string& path, const nlohmann::json& from, Queued& queued) {
    const auto found = from.find("params");
    if (found == from.end() || !found->is_object())
      return refuse(path + ".params", "wrong_type", "an object"_en);
    auto params = *found;
    if (const auto id = params.find("id"); id != params.end() && id->is_string()) {
      queued.target = id->get<std::string>();
      params.erase(id);
    }
    queued.body = to_text(params);
  }
};

void run_next(const BatchPtr& batch);

void put_result(const BatchPtr& batch, const std::string& member) {
  auto& out = batch->results;
  if (out.back() != '[') out += ',';
  out += "{\"key\":";
  json::append_quoted(out, batch->commands[batch->next].key);
  out += ',' + member + '}';
  ++batch->next;
  run_next(batch);
}

void put_error(const BatchPtr& batch, const Problem& problem) {
  auto err = members_of(problem, {}, batch->call->request_id, batch->call->language());
  err.add("retry", problem.is_retryable());
  batch->is_stopped |= problem.is_retryable();
  put_result(batch, "\"err\":" + err.text());
}

void on_reply(const BatchPtr& batch, const entity::Reply& reply, const Id& part) {
  if (const auto* no = std::get_if<Rejection>(&reply)) return put_error(batch, problem(*no));
  if (const auto* fault = std::get_if<entity::Fault>(&reply))
    return put_error(batch, problem(*fault));
  put_result(batch, "\"ok\":" + outcome_json(std::get<entity::Outcome>(reply), part));
}

void run_next(const BatchPtr& batch) {
  const auto& call = batch->call;
  auto& thread = *call->thread;
  if (batch->next == batch->commands.size()) {
    batch->results += "]}";
    return call->respond(http::Response{.body = std::move(batch->results),
                                        .headers = http::language_lines(call->language())});
  }
  if (batch->is_stopped)
    return put_error(batch,
                     problem(503, "not_tried", "an earlier command must be decided first"_en));
  // The request itself has paid for the first.
  auto& limiter = thread.shared().commands;
  if (batch->next > 0 && !limiter.take(caller(call).account))
    return put_error(batch, too_many("too many commands"_en, limiter.retry_after_s()));
  const auto& queued = batch->commands[batch->next];
  const auto* operation = thread.shared().operations.find(queued.method);
  if (!operation)
    return put_error(batch, problem(404, "unknown_method", "there is no such method"_en));
  auto body = queued.body;
  if (operation->creates && !queued.target.empty()) {
    std::string id = "\"id\":";
    json::append_quoted(id, queued.target);
    body.insert(1, id + (body == "{}" ? "" : ","));
  }
  const Intent intent{.operation = operation,
                      .target = queued.target,
                      .body = body,
                      .key = queued.key,
                      .expected_version = {},
                      .trace = call->trace,
                      .occurred_at = queued.occurred_at,
                      .clock_offset = batch->clock_offset,
                      .fingerprint = {}};
  auto built = build(thread.runtime().kinds(), intent, caller(call), thread.now(),
                     thread.shared().options.deadlines.command);
  if (!built) return put_error(batch, built.error());
  const auto no = submit_capped(thread, *operation, caller(call), std::move(built->command),
                                [batch, part = std::move(built->part)](const entity::Reply& reply) {
                                  on_reply(batch, reply, part);
                                });
  if (no) put_error(batch, *no);
}

/// One clock stamped the whole batch, so its error is taken off all of it, and the lengths between
/// stay what the phone measured. A phone that doesn't tell its time is ahead when work lies in the
/// future; that it is behind shows only against the visit, which is the order's to see.
Duration clock_offset(const std::vector<Queued>& commands, std::optional<Timestamp> sent_at,
                      Timestamp now) {
  auto clock = sent_at.value_or(now);
  if (!sent_at)
    for (const auto& queued : commands) clock = std::max(clock, queued.occurred_at.value_or(now));
  const auto offset = now - clock;
  return std::chrono::abs(offset) > clock_tolerance ? offset : Duration{0};
}

}  // namespace

void sync(const CallPtr& call) {
  const auto& text = call->request().body;
  const auto body = json::parse(text.empty() ? "{}" : text);
  if (!body) return call->respond(problem(std::vector{body.error()}));
  EnvelopeReader reader;
  auto batch = std::make_shared<Batch>();
  batch->call = call;
  batch->commands = reader.read(*body);
  if (!reader.errors.empty()) return call->respond(problem(std::move(reader.errors)));
  if (!caller(call).has(Role::technician))
    return call->respond(problem(403, "forbidden", "only technicians have queued commands"_en));
  batch->clock_offset = clock_offset(batch->commands, reader.sent_at, call->thread->now());
  run_next(batch);
}

std::string sync_schema() {
  return R"({"type":"object","additionalProperties":false,"required":["commands"],"properties":)"
         R"({"sent_at":{"type":"string","format":"date-time"},"commands":{"type":"array","maxItems":200,"items":{"type":"object",)"
         R"("additionalProperties":false,"required":["method","params","key"],"properties":{)"
         R"("method":{"type":"string"},"params":{"type":"object"},"key":{"type":"string"},)"
         R"("occurred_at":{"type":"string","format":"date-time"}}}}}})";
}

}  // namespace mf::gateway::routes
