#include "base/guarded_thread.hpp"

#include <pthread.h>

#include <string>

#include "base/log.hpp"
#include "base/metrics.hpp"

namespace mf {

void name_thread(std::string_view name) {
  ::pthread_setname_np(::pthread_self(), std::string(name.substr(0, 15)).c_str());
}

void report_thread_failure(std::string_view name, std::string_view why) {
  metrics::counter("microflow_thread_failures_total", "Exceptions that reached a thread's border",
                   {{"thread", std::string(name)}})
      .add();
  log::error(log::node, "thread-failed", {{"thread", name}, {"why", why}});
}

}  // namespace mf
