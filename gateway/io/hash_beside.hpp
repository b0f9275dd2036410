#pragma once
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "gateway/auth/password_pool.hpp"
#include "gateway/io/io_thread.hpp"

namespace mf::gateway::auth {

/// Runs `work` on the pool, then `then(its result)` on `thread`. `then`, and what it holds, dies on
/// the thread as well: it may be the last owner of a connection, which belongs to that thread. What
/// `work` holds dies on the pool's. False, and neither runs, when too many wait.
template <class Work, class Then>
[[nodiscard]] bool hash_beside(IoThread& thread, Work work, Then then) {
  // Behind a pointer: moving a lambda copies what it captured as const.
  return thread.shared().passwords.run(
      [&thread, work = std::move(work), held = std::make_unique<Then>(std::move(then))]() mutable {
        boost::asio::post(thread.io(), [held = std::move(held), result = work()]() mutable {
          (*held)(std::move(result));
        });
      });
}

}  // namespace mf::gateway::auth
