#include "gateway/routes/sync.hpp"

#include <algorithm>

#include "base/described_json.hpp"
#include "base/json.hpp"
#include "gateway/api/stamps.hpp"
#include "gateway/io/order_cap.hpp"
#include "gateway/routes/answers.hpp"

namespace mf::gateway::routes {
namespace {

constexpr std::size_t commands_max = 200;

/// One queued command, checked as far as the envelope goes.
struct Queued {
  std::string method, target, body;
  std::optional<std::string> key;
  std::optional<Timestamp> occurred_at;
  std::vector<FieldError> errors;  ///< of this one alone; named as its members are
};

struct Batch {
  CallPtr call;
  std::vector<Queued> commands;
  std::optional<DeviceClock> clock;
  std::size_t next = 0;
  bool is_stopped = false;  // one could not be decided: those behind it must not overtake it
  std::string results = "{\"results\":[";
};
using BatchPtr = std::shared_ptr<Batch>;

/// Reads members of one object; what is wrong with them is collected.
class Members {
 public:
  Members(const nlohmann::json& from, std::vector<FieldError>& errors)
      : from_(from), errors_(errors) {}

  void refuse(std::string field, std::string code, Sentence detail) {
    errors_.push_back({std::move(field), std::move(code), std::move(detail)});
  }
  void allow(std::initializer_list<std::string_view> names) {
    for (const auto& [name, value] : from_.items())
      if (std::ranges::find(names, name) == names.end())
        refuse(name, "unknown_field", "there is no such field"_en);
  }
  std::optional<Timestamp> time(const char* name) {
    const auto found = from_.find(name);
    if (found == from_.end() || found->is_null()) return {};
    const auto at =
        found->is_string() ? parse_rfc3339(found->get_ref<const std::string&>()) : std::nullopt;
    if (!at) refuse(name, "malformed", "an RFC 3339 time"_en);
    return at;
  }
  std::optional<std::string> text(const char* name) {
    const auto found = from_.find(name);
    if (found != from_.end() && found->is_string() && !found->get_ref<const std::string&>().empty())
      return found->get<std::string>();
    refuse(name, found == from_.end() ? "required" : "wrong_type", "a text"_en);
    return {};
  }

 private:
  const nlohmann::json& from_;
  std::vector<FieldError>& errors_;
};

Queued read_queued(const nlohmann::json& from) {
  Queued queued;
  Members members(from, queued.errors);
  if (!from.is_object()) return members.refuse("", "wrong_type", "not an object"_en), queued;
  members.allow({"method", "params", "key", "occurred_at"});
  queued.method = members.text("method").value_or("");
  queued.key = members.text("key");
  queued.occurred_at = members.time("occurred_at");
  const auto found = from.find("params");
  if (found == from.end() || !found->is_object())
    return members.refuse("params", "wrong_type", "an object"_en), queued;
  auto params = *found;
  if (const auto id = params.find("id"); id != params.end() && id->is_string()) {
    queued.target = id->get<std::string>();
    params.erase(id);
  }
  queued.body = to_text(params);
  return queued;
}

/// One clock stamped the whole batch, so its error is that of all of it. A phone that doesn't tell
/// its time is ahead when work lies in the future; that it is behind shows only against the visit,
/// which is the order's to see.
std::optional<DeviceClock> clock_of(const std::vector<Queued>& commands,
                                    std::optional<Timestamp> sent_at, Timestamp now) {
  if (sent_at) return DeviceClock{.lacks = now - *sent_at, .is_measured = true};
  std::vector<Timestamp> stamps;
  for (const auto& queued : commands)
    if (queued.occurred_at) stamps.push_back(*queued.occurred_at);
  if (stamps.empty()) return {};
  const auto newest = newest_stamp(std::move(stamps));
  if (newest <= now) return {};
  return DeviceClock{.lacks = now - newest, .is_measured = false};
}

/// A command that is none is answered in its place and stops nobody; errors are of what makes the
/// whole no batch.
std::vector<FieldError> read_batch(const nlohmann::json& body, Timestamp now, Batch& batch) {
  std::vector<FieldError> errors;
  Members members(body, errors);
  if (!body.is_object())
    return members.refuse("", "wrong_type", "the body is not a JSON object"_en), errors;
  members.allow({"commands", "sent_at"});
  const auto sent_at = members.time("sent_at");
  const auto commands = body.find("commands");
  if (commands == body.end()) members.refuse("commands", "required", "this field is required"_en);
  else if (!commands->is_array()) members.refuse("commands", "wrong_type", "not a list"_en);
  else if (commands->size() > commands_max)
    members.refuse("commands", "too_many", "at most {max}"_en.with("max", commands_max));
  if (!errors.empty()) return errors;
  for (const auto& each : *commands) batch.commands.push_back(read_queued(each));
  batch.clock = clock_of(batch.commands, sent_at, now);
  return errors;
}

void run_next(const BatchPtr& batch);

void put_result(const BatchPtr& batch, const std::string& member) {
  auto& out = batch->results;
  if (out.back() != '[') out += ',';
  out += "{\"key\":";
  if (const auto& key = batch->commands[batch->next].key) json::append_quoted(out, *key);
  else out += "null";
  out += ',' + member + '}';
  ++batch->next;
  run_next(batch);
}

void put_error(const BatchPtr& batch, const Problem& problem) {
  batch->is_stopped |= problem.is_retryable();
  put_result(batch, verdict_member(batch->call, problem));
}

void on_reply(const BatchPtr& batch, const entity::Reply& reply, const Id& part) {
  if (const auto* no = std::get_if<Rejection>(&reply)) return put_error(batch, problem(*no));
  if (const auto* fault = std::get_if<entity::Fault>(&reply))
    return put_error(batch, problem(*fault));
  put_result(batch, verdict_member(std::get<entity::Outcome>(reply), part));
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
  if (!queued.errors.empty()) return put_error(batch, problem(queued.errors));
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
                      .key = *queued.key,
                      .expected_versions = {},
                      .trace = call->trace,
                      .occurred_at = queued.occurred_at,
                      .device_clock = batch->clock,
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

}  // namespace

void sync(const CallPtr& call) {
  const auto& text = call->request().body;
  const auto body = json::parse(text.empty() ? "{}" : text);
  if (!body) return call->respond(problem(std::vector{body.error()}));
  auto batch = std::make_shared<Batch>();
  batch->call = call;
  if (auto errors = read_batch(*body, call->thread->now(), *batch); !errors.empty())
    return call->respond(problem(std::move(errors)));
  if (!caller(call).has(Role::technician))
    return call->respond(problem(403, "forbidden", "only technicians have queued commands"_en));
  run_next(batch);
}

std::string sync_schema() {
  return R"({"type":"object","additionalProperties":false,"required":["commands"],"properties":)"
         R"({"sent_at":{"type":["string","null"],"format":"date-time"},"commands":{"type":"array","maxItems":200,"items":{"type":"object",)"
         R"("additionalProperties":false,"required":["method","params","key"],"properties":{)"
         R"("method":{"type":"string"},"params":{"type":"object"},"key":{"type":"string"},)"
         R"("occurred_at":{"type":["string","null"],"format":"date-time"}}}}}})";
}

}  // namespace mf::gateway::routes
