#include "gateway/topics/assignments.hpp"

#include <algorithm>

#include "base/json_member.hpp"
#include "base/json_text.hpp"
#include "gateway/api/event_json.hpp"
#include "gateway/io/contact.hpp"
#include "gateway/topics/commands_out.hpp"
#include "gateway/topics/encode.hpp"

namespace mf::gateway::topics {
namespace {

bool is_assignment(std::string_view type) {
  return type == "assignment.created" || type == "assignment.reassigned";
}

/// The visit that an event of an assignment is about.
Id visit_of(const shard::EventRecord& event) {
  return text_member(parse_json(event.body.json), "visit");
}

std::string offer_expiry(const nlohmann::json& order, const Id& visit) {
  if (!order.is_object()) return {};
  const auto visits = order.find("visits");
  if (visits == order.end() || !visits->is_array()) return {};
  for (const auto& item : *visits)
    if (text_member(item, "id") == visit) return text_member(item, "offer_expires_at");
  return {};
}

/// `offer_expires_at` is taken from the order's view where it has one.
Frame assignment_frame(const Id& visit, std::string_view order_view) {
  const auto expiry = offer_expiry(parse_json(order_view), visit);
  json::Object body;
  body.add("n", visit).add_raw("order", order_view);
  if (expiry.empty()) body.add_raw("offer_expires_at", "null");
  else body.add("offer_expires_at", expiry);
  return make_frame(json::Object().add_raw("asg", body.text()).text());
}

}  // namespace

Assignments::Assignments(IoThread& thread) : thread_(thread) {
  const Duration first = thread.shared().options.stream.resend_after;
  resend_after_ = {first, 2 * first, 4 * first};
}

void Assignments::join(Subscriber& phone) {
  const Id technician = phone.principal().technician;
  technicians_[technician].phones.push_back(&phone);
  thread_.ask({EntityKind::technician, technician}, "undelivered", "{}", phone.principal(),
              [this, technician, who = &phone](const views::ReadReply& reply) {
                on_undelivered(technician, who, reply);
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
    const Id visit = text_member(item, "visit"), order = text_member(item, "order");
    found->second.deliveries.try_emplace(visit, Delivery{order, steady_now(), 0});
    read_and_send(technician, visit, order, phone);
  }
}

/// The technician's phones, while the visit is still to be delivered to them.
Assignments::Technician* Assignments::waiting_for(const Id& technician, const Id& visit) {
  const auto found = technicians_.find(technician);
  if (found == technicians_.end() || !found->second.deliveries.contains(visit)) return nullptr;
  return &found->second;
}

void Assignments::read_and_send(const Id& technician, const Id& visit, const Id& order,
                                Subscriber* phone) {
  thread_.read({EntityKind::work_order, order}, phone->principal(),
               [this, technician, visit, phone](views::ReadReply reply) {
                 auto* waiting = waiting_for(technician, visit);
                 if (!waiting || reply.fault) return;
                 if (reply.no || reply.concerns.technician != technician)
                   return void(waiting->deliveries.erase(visit));
                 join_and_send(technician, visit, std::move(reply), phone);
               });
}

void Assignments::join_and_send(const Id& technician, const Id& visit, views::ReadReply order,
                                Subscriber* only_to) {
  with_contact(thread_, std::move(order),
               [this, technician, visit, only_to](const views::ReadReply& joined, bool) {
                 // It may have been taken back, answered or acknowledged meanwhile.
                 const auto* waiting = waiting_for(technician, visit);
                 if (!waiting) return;
                 const auto frame =
                     assignment_frame(visit, with_version(joined.json, joined.version));
                 for (Subscriber* phone : waiting->phones)
                   if (!only_to || phone == only_to) phone->send(frame);
               });
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
    found->second.deliveries.insert_or_assign(visit, Delivery{change.entity.id, steady_now(), 0});
    views::ReadReply order;
    order.version = change.version;
    order.viewpoint = entity::Viewpoint::technician;
    order.json = change.after->view({entity::Viewpoint::technician, now_with});
    join_and_send(now_with, visit, std::move(order), nullptr);
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
      for (Subscriber* phone : technician.phones) read_and_send(id, visit, delivery.order, phone);
    }
}

void Assignments::acknowledge(const Principal& by, const Id& visit, OnReply then) {
  if (const auto found = technicians_.find(by.technician); found != technicians_.end())
    found->second.deliveries.erase(visit);
  const auto body = json::Object().add("visit", visit).text();
  auto command = technician_command(thread_, by.technician, "ack_assignment", body, by, visit);
  if (!command)
    return then(Rejection{RejectionKind::invalid, "malformed", "no such delivery"_en, "n"});
  thread_.submit(std::move(*command), std::move(then));
}

}  // namespace mf::gateway::topics
