#pragma once
// What every thread of ours runs in: a name that operators see in `top`, and a border that an
// exception does not cross. Without it one would end the process, whoever else it serves.
#include <exception>
#include <string_view>
#include <utility>

namespace mf {

/// Names the calling thread; at most 15 characters count.
void name_thread(std::string_view name);

/// Logs "thread-failed" and counts microflow_thread_failures_total{thread}.
void report_thread_failure(std::string_view name, std::string_view why);

/// Runs `body` as (a piece of) the thread `name`. False when it threw: that has been told, and the
/// caller decides whether the thread goes on or what depends on it ends.
template <class Body>
[[nodiscard]] bool guarded(std::string_view name, Body&& body) {
  try {
    std::forward<Body>(body)();
    return true;
  } catch (const std::exception& error) {
    report_thread_failure(name, error.what());
  } catch (...) {
    report_thread_failure(name, "something that is no std::exception");
  }
  return false;
}

}  // namespace mf
