#include "gateway/topics/boards.hpp"

#include <unordered_set>

#include "gateway/topics/encode.hpp"

namespace mf::gateway::topics {

struct BoardPages {
  views::BoardReply board;
  std::size_t next = 0;
  std::unordered_set<std::string> touched;  ///< by deltas since
};

namespace {

constexpr std::size_t page_rows = 200;

/// Dispatchers of other zones do not learn which zones exist.
Rejection refusal(const Principal& by) {
  if (by.has(Role::supervisor) || by.is_administrator())
    return {RejectionKind::not_found, "not_found", "there is no such zone"_en, {}};
  return {RejectionKind::forbidden, "forbidden", "boards are for supervisors"_en, {}};
}

void touch(BoardPages& pages, const views::BoardDelta& delta) {
  for (const auto& row : delta.rows) pages.touched.insert(row.id);
  for (const auto& gone : delta.gone) pages.touched.insert(gone.id);
}

}  // namespace

bool Boards::is_zone(const Id& zone) const {
  const auto catalogue = thread_.runtime().catalogue();
  return catalogue && catalogue->zone_ids.contains(zone);
}

void Boards::open(const SubscriptionPtr& sub, const std::optional<std::string>&) {
  const Id zone = sub->topic.id;
  const Principal& by = sub->who->principal();
  if (!by.dispatches(zone) || !is_zone(zone)) {
    sub->closed = true;
    return sub->who->refused(sub, refusal(by));
  }
  auto& subscribers = topics_[zone];
  if (subscribers.empty()) thread_.runtime().watch_board(zone, thread_.sink());
  subscribers.push_back(sub);
  thread_.board(zone, [this, sub](views::BoardReply board) {
    if (!sub->closed) on_board(sub, std::move(board));
  });
}

void Boards::close(const SubscriptionPtr& sub) {
  const auto topic = topics_.find(sub->topic.id);
  if (topic == topics_.end()) return;
  std::erase(topic->second, sub);
  if (!topic->second.empty()) return;
  thread_.runtime().unwatch_board(topic->first, thread_.sink());
  topics_.erase(topic);
}

void Boards::on_board(const SubscriptionPtr& sub, views::BoardReply board) {
  if (board.fault || board.no) {
    close(sub);
    sub->closed = true;
    if (board.no) return sub->who->refused(sub, *board.no);
    return sub->who->refused(sub, *board.fault);
  }
  const auto at = board.at;
  sub->pages = std::make_shared<BoardPages>(BoardPages{std::move(board), 0, {}});
  sub->state = Subscription::State::live;
  const auto held = std::exchange(sub->held, {});
  for (const auto& [frame, delta] : held)
    if (delta->at > at) touch(*sub->pages, *delta);
  send_page(sub);
  for (const auto& [frame, delta] : held)
    if (delta->at > at) sub->who->send(frame);
}

void Boards::send_page(const SubscriptionPtr& sub) {
  BoardPages& pages = *sub->pages;
  const auto& rows = pages.board.rows;
  std::vector<std::string_view> part;
  for (; pages.next < rows.size() && part.size() < page_rows; ++pages.next)
    if (!pages.touched.contains(rows[pages.next].id)) part.push_back(*rows[pages.next].json);
  const bool has_more = pages.next < rows.size();
  send_snapshot_rows(*sub, make_token(thread_.runtime().era(), pages.board.at), part, has_more,
                     pages.board.left_out);
  if (!has_more) {
    sub->pages.reset();
    return;
  }
  sub->who->when_drained(sub, [this, sub] { send_page(sub); });
}

void Boards::on_delta(const std::shared_ptr<const views::BoardDelta>& shared) {
  const views::BoardDelta& delta = *shared;
  const auto topic = topics_.find(delta.zone);
  if (topic == topics_.end()) return;
  if (delta.is_lost) return lose(topic->first);
  ViewWriter writer(to_string(TopicName{TopicType::board, delta.zone}),
                    make_token(thread_.runtime().era(), delta.at));
  for (const auto& row : delta.rows) writer.row(*row.json);
  for (const auto& gone : delta.gone) writer.gone(gone.id, gone.version);
  const auto frames = writer.finish();
  for (const auto& sub : topic->second) {
    if (sub->pages) touch(*sub->pages, delta);
    for (const Frame& frame : frames) {
      if (sub->state == Subscription::State::live) sub->who->send(frame);
      else sub->held.push_back({frame, shared});
    }
  }
}

/// Rows may be wrong by now. Whoever subscribes again gets a snapshot.
void Boards::lose(const Id& zone) {
  const auto subscribers = topics_.at(zone);
  for (const auto& sub : subscribers) {
    close(sub);
    sub->closed = true;
    if (sub->answered) sub->who->lost(sub, "unavailable");
    else sub->who->refused(sub, entity::Fault{entity::Fault::Code::unavailable, "ask again"});
  }
}

void Boards::recheck(const SubscriptionPtr& sub) {
  const Principal& by = sub->who->principal();
  if (by.dispatches(sub->topic.id)) return;
  close(sub);
  sub->closed = true;
  if (sub->answered) return sub->who->lost(sub, "forbidden");
  sub->who->refused(sub, refusal(by));
}

}  // namespace mf::gateway::topics
