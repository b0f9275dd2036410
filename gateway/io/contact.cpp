#include "gateway/io/contact.hpp"

#include "base/json_member.hpp"
#include "base/json_text.hpp"

namespace mf::gateway {
namespace {

bool may_be_shown(const views::ReadReply& order) {
  return !order.no && !order.fault &&
         (order.viewpoint == entity::Viewpoint::staff ||
          order.viewpoint == entity::Viewpoint::technician);
}

void append_contact(std::string& order, std::string_view contact) {
  order.pop_back();
  ((order += ",\"contact\":") += contact) += '}';
}

}  // namespace

void with_contact(IoThread& thread, views::ReadReply order, OnJoined then) {
  if (!may_be_shown(order)) return then(std::move(order), true);
  const auto view = parse_json(order.json);
  const EntityRef client{EntityKind::client, text_member(view, "client")};
  const auto body = json::Object().add("site", text_member(view, "site")).text();
  thread.ask(
      client, "contact", body, Principal::system(),
      [order = std::move(order), then = std::move(then)](const views::ReadReply& contact) mutable {
        append_contact(order.json, contact.fault || contact.no ? "null" : contact.json);
        then(std::move(order), !contact.fault);
      });
}

}  // namespace mf::gateway
