#include "gateway/topics/entity_streams.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/json_text.hpp"
#include "gateway/api/event_json.hpp"
#include "gateway/io/contact.hpp"
#include "gateway/topics/encode.hpp"

namespace mf::gateway::topics {
namespace {

constexpr int page_events = 100;
constexpr int empty_reads_max = 5;
constexpr double bytes_per_token = 16 * 1024;  // of the subscriptions' bucket

EntityRef ref_of(const TopicName& topic) {
  return {topic.type == TopicType::order ? EntityKind::work_order : EntityKind::technician,
          topic.id};
}

bool is_by_link(const Principal& by) { return !by.tracked_order.empty(); }

const Rejection not_visible{RejectionKind::not_found, "not_found", "no such object"_en, {}};

}  // namespace

/// The messages of one change, made at most once per viewpoint, and for technicians, of whom each
/// sees the own part, once for each.
class EntityStreams::Encoded {
 public:
  Encoded(IoThread& thread, const Stream& topic, const shard::Change& change)
      : thread_(thread), topic_(topic), change_(change) {}

  /// One per event; null where this viewer must not see it.
  const std::vector<Frame>& for_viewer(const entity::Viewer& viewer) {
    using enum mf::Viewpoint;
    const bool is_for_all = viewer == staff || viewer == client;
    auto& frames =
        frames_[{viewer.as, viewer.is_by_link, is_for_all ? Id() : Id(viewer.technician)}];
    if (frames.empty())
      for (const auto& event : change_.events) frames.push_back(encode(event, viewer));
    return frames;
  }

 private:
  Frame encode(const shard::EventRecord& event, const entity::Viewer& viewer) {
    const auto json = event_json(event, viewer, thread_.runtime().kinds());
    if (!json) return nullptr;
    return pub_frame(topic_.name, make_token(thread_.runtime().era(), event.version), *json);
  }

  IoThread& thread_;
  const Stream& topic_;
  const shard::Change& change_;
  std::map<std::tuple<entity::Viewpoint, bool, Id>, std::vector<Frame>> frames_;
};

void EntityStreams::open(const SubscriptionPtr& sub, const std::optional<std::string>& since) {
  Stream& topic = topics_[ref_of(sub->topic)];
  if (topic.name.empty()) topic.name = to_string(sub->topic);
  topic.subscribers.push_back(sub);
  const auto version = since ? parse_token(thread_.runtime().era(), *since) : std::nullopt;
  if (!version) return read_snapshot(sub, since.has_value());
  sub->last = *version;  // `seen` is what we heard, and a token may claim more
  read_missed(sub);
}

void EntityStreams::close(const SubscriptionPtr& sub) {
  const auto topic = topics_.find(ref_of(sub->topic));
  if (topic == topics_.end()) return;
  std::erase(topic->second.subscribers, sub);
  if (topic->second.subscribers.empty()) topics_.erase(topic);
}

void EntityStreams::read_snapshot(const SubscriptionPtr& sub, bool was_token_refused) {
  const auto& by = sub->who->principal();
  auto then = [this, sub, was_token_refused](views::ReadReply reply) {
    if (!sub->closed) on_snapshot(sub, std::move(reply), was_token_refused);
  };
  if (is_by_link(by))
    return thread_.ask(ref_of(sub->topic), "link_view", "{}", by, std::move(then));
  if (sub->topic.type != TopicType::order)
    return thread_.read(ref_of(sub->topic), by, std::move(then));
  thread_.read(ref_of(sub->topic), by, [this, then](views::ReadReply order) {
    with_contact(thread_, std::move(order),
                 [then](views::ReadReply joined, bool) { then(std::move(joined)); });
  });
}

void EntityStreams::on_snapshot(const SubscriptionPtr& sub, views::ReadReply reply,
                                bool was_token_refused) {
  if (reply.fault) return give_up(sub, *reply.fault);
  if (reply.no) return give_up(sub, *reply.no);
  if (!reply.viewpoint && !is_by_link(sub->who->principal())) return give_up(sub, not_visible);
  json::Object ok;
  ok.add("at", make_token(thread_.runtime().era(), reply.version));
  if (was_token_refused) ok.add("recovered", false);
  ok.add_raw("snapshot", with_version(std::move(reply.json), reply.version));
  sub->who->send(ok_frame(sub->request, ok.members()));
  sub->answered = true;
  sub->last = reply.version;
  go_on(sub, false);
}

void EntityStreams::read_missed(const SubscriptionPtr& sub) {
  thread_.timeline(ref_of(sub->topic), sub->last, page_events, sub->who->principal(),
                   [this, sub](const views::TimelineReply& reply) {
                     if (!sub->closed) on_missed(sub, reply);
                   });
}

void EntityStreams::on_missed(const SubscriptionPtr& sub, const views::TimelineReply& reply) {
  if (reply.fault) return give_up(sub, *reply.fault);
  if (reply.no) return give_up(sub, *reply.no);
  if (!reply.viewpoint) return give_up(sub, not_visible);
  if (!sub->answered) {
    // A token from the future: the history it belongs to is not ours.
    if (reply.version < sub->last) return read_snapshot(sub, true);
    json::Object ok;
    ok.add("at", make_token(thread_.runtime().era(), sub->last)).add("recovered", true);
    sub->who->send(ok_frame(sub->request, ok.members()));
    sub->answered = true;
  }
  const auto before = sub->last;
  const bool has_room = send_missed(*sub, reply);
  sub->empty_reads = has_room && sub->last == before ? sub->empty_reads + 1 : 0;
  go_on(sub, reply.more || !has_room);
}

bool EntityStreams::send_missed(Subscription& sub, const views::TimelineReply& reply) {
  const std::string name = to_string(sub.topic);
  std::size_t bytes = 0;
  bool has_room = true;
  for (const auto& event : reply.events) {
    if (event.version <= sub.last) continue;
    // Large events, or many topics resumed at once, are more than the queue may hold.
    has_room = sub.who->backlog() < backlog_low;
    if (!has_room) break;
    const auto json =
        event_json(event, {*reply.viewpoint, sub.who->principal()}, thread_.runtime().kinds());
    if (json) bytes += json->size();
    send_event(sub, event,
               json ? pub_frame(name, make_token(thread_.runtime().era(), event.version), *json)
                    : nullptr);
  }
  // Sixty bytes may ask for a long history: whoever asks again and again has to wait.
  thread_.shared().subscriptions.charge(sub.who->rate_key(),
                                        static_cast<double>(bytes) / bytes_per_token);
  return has_room;
}

void EntityStreams::go_on(const SubscriptionPtr& sub, bool has_more) {
  if (!has_more && sub->seen <= sub->last) {
    sub->state = Subscription::State::live;
    sub->empty_reads = 0;
    return;
  }
  if (sub->empty_reads > empty_reads_max)
    return give_up(sub, entity::Fault{entity::Fault::Code::unavailable, "timeline is behind"});
  sub->state = Subscription::State::catching_up;
  if (sub->who->backlog() < backlog_low) return read_missed(sub);
  sub->who->when_drained(sub, [this, sub] { read_missed(sub); });
}

void EntityStreams::send_event(Subscription& sub, const shard::EventRecord& event,
                               const Frame& frame) {
  sub.last = event.version;
  if (!frame) return;
  if (!sub.events.empty() && std::ranges::find(sub.events, event.body.type) == sub.events.end())
    return;
  sub.who->send(frame);
}

void EntityStreams::give_up(const SubscriptionPtr& sub, const Refusal& why) {
  close(sub);
  sub->closed = true;
  if (!sub->answered) return sub->who->refused(sub, why);
  const auto* no = std::get_if<Rejection>(&why);
  sub->who->lost(sub, no ? std::string_view(no->code) : "unavailable");
}

void EntityStreams::on_change(const shard::Change& change) {
  const auto found = topics_.find(change.entity);
  if (found == topics_.end()) return;
  Encoded encoded(thread_, found->second, change);
  const auto subscribers = found->second.subscribers;  // deliver() may end some of them
  for (const auto& sub : subscribers) deliver(sub, change, encoded);
}

void EntityStreams::deliver(const SubscriptionPtr& sub, const shard::Change& change,
                            Encoded& encoded) {
  if (sub->state != Subscription::State::live) {
    sub->seen = std::max(sub->seen, change.version);
    return;
  }
  if (change.version <= sub->last) return;
  const auto viewpoint = change.after->viewpoint(sub->who->principal());
  if (!viewpoint) return give_up(sub, not_visible);
  if (change.events.empty() || change.events.front().version > sub->last + 1) {
    sub->seen = change.version;
    return go_on(sub, false);
  }
  const auto& frames = encoded.for_viewer({*viewpoint, sub->who->principal()});
  for (std::size_t i = 0; i < frames.size(); ++i)
    if (change.events[i].version > sub->last) send_event(*sub, change.events[i], frames[i]);
}

void EntityStreams::recheck(const SubscriptionPtr& sub) {
  thread_.read(ref_of(sub->topic), sub->who->principal(),
               [this, sub](const views::ReadReply& reply) {
                 if (sub->closed) return;
                 if (reply.no || (!reply.fault && !reply.viewpoint)) give_up(sub, not_visible);
               });
}

}  // namespace mf::gateway::topics
