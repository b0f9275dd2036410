#pragma once
// An order together with what whoever goes there needs to know: the one place where `contact` is
// joined, for whatever shows a single order.
#include "gateway/io/io_thread.hpp"

namespace mf::gateway {

/// `is_whole`: false when the client could not be asked, and `contact` is null for that reason.
using OnJoined = std::move_only_function<void(views::ReadReply order, bool is_whole)>;

/// Adds `contact` (actors/client/client_codec.hpp) to an order's view or row as the order shows it
/// to its staff and to the technician of the visit that is alive: they alone may see it, and the
/// order says who they are (`order.viewpoint`). Null also for a client who was erased. It is read
/// from the client now, in one mail, and kept nowhere. Any other reply comes back as it is, at
/// once.
void with_contact(IoThread& thread, views::ReadReply order, OnJoined then);

}  // namespace mf::gateway
