#pragma once
#include <boost/asio/post.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/guarded_thread.hpp"
#include "gateway/auth/password_pool.hpp"
#include "gateway/io/io_thread.hpp"

namespace mf::gateway::auth {

/// Runs `work` on the pool, then `then(its result)` on `thread`: an optional, empty when too many
/// were waiting and `work` did not run, or when it threw. `then`, and what it holds, dies on the
/// thread as well: it may be the last owner of a connection, which belongs to that thread. What
/// `work` holds dies on the pool's.
template <class Work, class Then>
void hash_beside(IoThread& thread, PasswordPool::Caller caller, Work work, Then then) {
  // Behind a pointer: moving a lambda copies what it captured as const.
  thread.shared().passwords.run(std::move(caller), [&thread, work = std::move(work),
                                                    held = std::make_unique<Then>(std::move(then))](
                                                       PasswordPool::Turn turn) mutable {
    std::optional<std::invoke_result_t<Work&>> result;
    // Whoever waits is answered whatever becomes of the work.
    if (turn == PasswordPool::Turn::run)
      static_cast<void>(guarded("passwords", [&] { result = work(); }));
    boost::asio::post(thread.io(), [held = std::move(held), result = std::move(result)]() mutable {
      (*held)(std::move(result));
    });
  });
}

}  // namespace mf::gateway::auth
