#include "gateway/topics/assignments.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "gateway/api/event_json.hpp"
#include "gateway/topics/commands_out.hpp"
#include "gateway/topics/encode.hpp"

namespace mf::gateway::topics {
namespace {

bool is_assignment(std::string_view type) {
  return type == "assignment.created" || type == "assignment.reassigned";
}

std::string text(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The visit an assignment event made: {"visit":"vis_…"} or {"visit":{"id":…}}.
Id visit_of(const shard::EventRecord& event) {
  const auto body = parse_json(event.body.json);
  if (!body.is_object()) return {};
  if (const auto visit = body.find("visit"); visit != body.end() && visit->is_object())
    return text(*visit, "id");
  return text(body, "visit");
}

std::string offer_expiry(const nlohmann::json& order, const Id& visit) {
  if (!order.is_object()) return {};
  if (auto own = text(order, "offer_expires_at"); !own.empty()) return own;
  const auto visits = order.find("visits");
  if (visits == order.end() || !visits->is_array()) return {};
  for (const auto& item : *visits)
    if (item.is_object() && text(item, "id") == visit) return text(item, "offer_expires_at");
  return {};
}

}  // namespace

Frame assignment_frame(const Id& visit, std::string_view order_view) {
  const auto expiry = offer_expiry(parse_json(order_view), visit);
  std::string out = "{\"asg\":{\"n\":";
  append_quoted(out, visit);
  out += ",\"order\":";
  out += order_view;
  out += ",\"offer_expires_at\":";
  if (expiry.empty()) out += "null";
  else append_quoted(out, expiry);
  out += "}}";
  return make_frame(std::move(out));
}

Assignments::Assignments(IoThread& thread) : thread_(thread) {
  const Duration first = thread.shared().options.stream.resend_after;
  resend_after_ = {first, 2 * first, 4 * first};
}

void Assignments::join(Subscriber& phone) {
  const Id technician = phone.principal().technician;
  technicians_[technician].phones.push_back(&phone);
  thread_.ask({EntityKind::technician, technician}, "undelivered", "{}", phone.principal(),
              [this, technician, who = &phone](host::Answered answer) {
                on_undelivered(technician, who, std::get<views::ReadReply>(answer));
              });
}

void Assignments::leave(Subscriber& phone, const Id& technician) {
  const auto found = technicians_.find(technician);
  if (found == technicians_.end()) return;
  std::erase(found->second.phones, &phone);
  if (found->second.phones.empty()) technicians_.erase(found);
}

void Assignments::on_undelivered(const Id& technician, Subscriber* phone,
                                 const views::ReadReply& reply) {
  const auto found = technicians_.find(technician);
  if (found == technicians_.end() || reply.no || reply.fault) return;
  if (std::ranges::find(found->second.phones, phone) == found->second.phones.end()) return;
  const auto body = parse_json(reply.json);
  if (!body.is_object() || !body.contains("visits") || !body["visits"].is_array()) return;
  for (const auto& item : body["visits"]) {
    if (!item.is_object()) continue;
    const Id visit = text(item, "visit");
    const auto known = found->second.deliveries.find(visit);
    if (known != found->second.deliveries.end()) phone->send(known->second.frame);
    else send_order(technician, visit, text(item, "order"), phone);
  }
}

void Assignments::send_order(const Id& technician, const Id& visit, const Id& order,
                             Subscriber* phone) {
  thread_.read({EntityKind::work_order, order}, phone->principal(),
               [this, technician, visit, order, phone](host::Answered answer) {
                 const auto& reply = std::get<views::ReadReply>(answer);
                 const auto found = technicians_.find(technician);
                 if (found == technicians_.end() || reply.no || reply.fault) return;
                 if (reply.concerns.technician != technician) return;
                 auto& phones = found->second.phones;
                 if (std::ranges::find(phones, phone) == phones.end()) return;
                 deliver(found->second, visit, order, with_version(reply.json, reply.version),
                         phone);
               });
}

void Assignments::deliver(Technician& technician, const Id& visit, const Id& order,
                          std::string_view view, Subscriber* only_to) {
  auto& delivery = technician.deliveries[visit];
  if (!delivery.frame) delivery = {order, assignment_frame(visit, view), steady_now(), 0};
  for (Subscriber* phone : technician.phones)
    if (!only_to || phone == only_to) phone->send(delivery.frame);
}

void Assignments::on_change(const shard::Change& change) {
  if (change.entity.kind == EntityKind::technician) return on_acknowledged(change);
  if (change.entity.kind != EntityKind::work_order) return;
  const Id& now_with = change.concerns.technician;
  if (const auto old = technicians_.find(change.before.technician);
      old != technicians_.end() && change.before.technician != now_with)
    std::erase_if(old->second.deliveries,
                  [&](const auto& item) { return item.second.order == change.entity.id; });
  const auto found = technicians_.find(now_with);
  if (found == technicians_.end()) return;
  if (change.after->status() != "ASSIGNED") {
    // Answered, or taken back: nothing is left to deliver.
    std::erase_if(found->second.deliveries,
                  [&](const auto& item) { return item.second.order == change.entity.id; });
    return;
  }
  for (const auto& event : change.events) {
    if (!is_assignment(event.body.type)) continue;
    const Id visit = visit_of(event);
    if (visit.empty()) continue;
    deliver(
        found->second, visit, change.entity.id,
        with_version(change.after->view({entity::Viewpoint::technician, now_with}), change.version),
        nullptr);
  }
}

/// The acknowledgement may have come to another thread, or to another node.
void Assignments::on_acknowledged(const shard::Change& change) {
  const auto found = technicians_.find(change.entity.id);
  if (found == technicians_.end()) return;
  for (const auto& event : change.events)
    if (event.body.type == "technician.assignment_acked")
      found->second.deliveries.erase(visit_of(event));
}

void Assignments::tick(SteadyTime now) {
  for (auto& [id, technician] : technicians_)
    for (auto& [visit, delivery] : technician.deliveries) {
      if (delivery.sent_again == resend_after_.size()) continue;
      if (now - delivery.first < resend_after_[delivery.sent_again]) continue;
      ++delivery.sent_again;
      for (Subscriber* phone : technician.phones) phone->send(delivery.frame);
    }
}

void Assignments::acknowledge(const Principal& by, const Id& visit,
                              std::move_only_function<void(entity::Reply)> then) {
  if (const auto found = technicians_.find(by.technician); found != technicians_.end())
    found->second.deliveries.erase(visit);
  std::string body = "{\"visit\":";
  append_quoted(body, visit);
  auto command =
      technician_command(thread_, by.technician, "ack_assignment", body + "}", by, visit);
  if (!command)
    return then(Rejection{RejectionKind::invalid, "malformed", "no such delivery", "n"});
  thread_.submit(std::move(*command), [then = std::move(then)](host::Answered answer) mutable {
    then(std::get<entity::Reply>(std::move(answer)));
  });
}

}  // namespace mf::gateway::topics
