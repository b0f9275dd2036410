#pragma once
// What comes to the dispatchers' thread: answers, board changes, questions, what a search found.
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/dispatch/search_thread.hpp"
#include "actors/host/runtime.hpp"

namespace mf::dispatch {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Somebody waits for an answer about a zone's day.
struct Waiting {
  std::uint64_t tag = 0;
  host::Sink* sink = nullptr;
  views::Question question;
  SteadyTime deadline;

  void fail(entity::Fault::Code code, std::string why) const {
    const entity::Fault fault{code, std::move(why), std::chrono::seconds(1)};
    sink->post({{tag, views::ReadReply{.fault = fault}}});
  }
};

/// All that has come since the thread looked last, in the order in which it came: a snapshot holds
/// what was told before it and nothing of what is told after it.
struct Mail {
  using Item = std::variant<host::TaggedAnswer, std::shared_ptr<const views::BoardDelta>, Waiting,
                            SearchThread::Answer>;
  std::vector<Item> items;
  bool is_lost = false;  ///< there were more changes of boards than are kept
};

/// Any thread may post; one waits.
class Mailbox final : public host::Sink {
 public:
  void post(std::vector<host::TaggedAnswer> answers) override {
    const std::scoped_lock lock(mutex_);
    for (auto& answer : answers) mail_.items.emplace_back(std::move(answer));
    ring();
  }
  void post(std::shared_ptr<const shard::CommittedBatch>) override {}
  void post(std::shared_ptr<const views::BoardDelta> delta) override {
    const std::scoped_lock lock(mutex_);
    if (deltas_++ < deltas_max) mail_.items.emplace_back(std::move(delta));
    else mail_.is_lost = true;
    ring();
  }
  void post(SearchThread::Answer found) {
    const std::scoped_lock lock(mutex_);
    mail_.items.emplace_back(std::move(found));
    ring();
  }
  /// False: there is no room, or nobody to answer.
  [[nodiscard]] bool post(Waiting waiting) {
    const std::scoped_lock lock(mutex_);
    if (is_stopped_ || questions_ >= questions_max) return false;
    ++questions_;
    mail_.items.emplace_back(std::move(waiting));
    ring();
    return true;
  }
  void wake() {
    const std::scoped_lock lock(mutex_);
    ring();
  }
  /// Questions that nobody has taken.
  [[nodiscard]] std::vector<Waiting> stop() {
    const std::scoped_lock lock(mutex_);
    is_stopped_ = true;
    ring();
    std::vector<Waiting> left;
    for (auto& item : std::exchange(mail_, {}).items)
      if (auto* waiting = std::get_if<Waiting>(&item)) left.push_back(std::move(*waiting));
    return left;
  }
  /// What has come, after at most `patience`; nullopt once it is stopped.
  [[nodiscard]] std::optional<Mail> wait(Duration patience) {
    std::unique_lock lock(mutex_);
    rang_.wait_for(lock, patience, [this] { return has_rung_; });
    has_rung_ = false;
    if (is_stopped_) return {};
    deltas_ = questions_ = 0;
    return std::exchange(mail_, {});
  }

 private:
  void ring() {
    has_rung_ = true;
    rang_.notify_one();
  }

  /// Board changes that wait for the thread; beyond, all boards are asked for again.
  static constexpr std::size_t deltas_max = 4096;
  static constexpr std::size_t questions_max = 256;

  std::mutex mutex_;
  std::condition_variable rang_;
  Mail mail_;
  std::size_t deltas_ = 0, questions_ = 0;  ///< in it
  bool has_rung_ = false, is_stopped_ = false;
};

}  // namespace mf::dispatch
