#include "actors/host/reader_thread.hpp"

#include "base/guarded_thread.hpp"

namespace mf::host {

ReaderThread::ReaderThread(std::string name, std::size_t jobs_max)
    : name_(std::move(name)), jobs_max_(jobs_max), thread_([this] { loop(); }) {}

ReaderThread::~ReaderThread() { stop(); }

bool ReaderThread::run(Job job) {
  {
    const std::scoped_lock lock(mutex_);
    if (is_stopped_ || jobs_.size() >= jobs_max_) return false;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

void ReaderThread::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopped_ = true;
    jobs_.clear();  // whoever asked has gone
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void ReaderThread::loop() {
  name_thread(name_);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopped_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    // Whoever asked hears nothing: jobs answer for what they expect to fail.
    static_cast<void>(guarded(name_, job));
    lock.lock();
  }
}

}  // namespace mf::host
