#pragma once
// The one CAF type-id block of the process (pitfalls: register once, local-only types).
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include "actors/host/mail.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(microflow, first_custom_type_id)
CAF_ADD_TYPE_ID(microflow, (mf::host::ShardMailsPtr))
CAF_ADD_TYPE_ID(microflow, (mf::host::ViewsMailPtr))
CAF_END_TYPE_ID_BLOCK(microflow)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(mf::host::ShardMailsPtr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(mf::host::ViewsMailPtr)
