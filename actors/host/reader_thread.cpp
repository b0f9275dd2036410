#include "actors/host/reader_thread.hpp"

#include <pthread.h>

namespace mf::host {

ReaderThread::ReaderThread(std::size_t jobs_max)
    : jobs_max_(jobs_max), thread_([this] { loop(); }) {}

ReaderThread::~ReaderThread() { stop(); }

bool ReaderThread::run(std::function<void()> job) {
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
  ::pthread_setname_np(::pthread_self(), "reader");
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopped_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

}  // namespace mf::host
