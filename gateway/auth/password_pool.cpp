#include "gateway/auth/password_pool.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/guarded_thread.hpp"

namespace mf::gateway::auth {

PasswordPool::PasswordPool(std::size_t waiting_max, int threads) : waiting_max_(waiting_max) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

PasswordPool::~PasswordPool() { stop(); }

void PasswordPool::run(Caller caller, Job job) {
  Job shed;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopped_) {
      shed = std::move(job);
    } else {
      auto& queue = caller.is_proven ? proven_ : strangers_;
      queue.push_back({std::move(caller), std::move(job)});
      if (proven_.size() + strangers_.size() > waiting_max_) {
        if (strangers_.empty()) {
          shed = std::move(proven_.back().job);
          proven_.pop_back();
        } else {
          shed = shed_one().job;
        }
      }
    }
  }
  if (shed) shed(Turn::shed);
  changed_.notify_one();
}

PasswordPool::Waiting PasswordPool::shed_one() {
  std::unordered_map<std::string, std::size_t> waiting;
  for (const auto& one : strangers_) ++waiting[one.caller.place];
  const auto busiest =
      std::ranges::max_element(waiting, {}, [](const auto& e) { return e.second; });
  // Of several as busy ones, whoever came last.
  const auto newest = std::find_if(strangers_.rbegin(), strangers_.rend(), [&](const Waiting& one) {
    return waiting[one.caller.place] == busiest->second;
  });
  auto taken = std::move(*newest);
  strangers_.erase(std::next(newest).base());
  return taken;
}

void PasswordPool::work() {
  name_thread("passwords");
  for (;;) {
    Waiting next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock,
                    [this] { return is_stopped_ || !proven_.empty() || !strangers_.empty(); });
      if (is_stopped_) return;
      auto& queue = proven_.empty() ? strangers_ : proven_;
      next = std::move(queue.front());
      queue.pop_front();
    }
    // Whoever waits for it hears nothing, as from a pool that stops.
    static_cast<void>(guarded("passwords", [&] { next.job(Turn::run); }));
  }
}

void PasswordPool::stop() {
  std::deque<Waiting> proven, strangers;
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    proven.swap(proven_);
    strangers.swap(strangers_);
  }
  changed_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

}  // namespace mf::gateway::auth
