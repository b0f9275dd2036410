#pragma once
// The one CAF type-id block of the process (pitfalls: register once, local-only types).
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include "actors/runtime/mail.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(microflow, first_custom_type_id)
CAF_ADD_TYPE_ID(microflow, (mf::runtime::ShardMailPtr))
CAF_ADD_TYPE_ID(microflow, (mf::runtime::EntityMailPtr))
CAF_ADD_TYPE_ID(microflow, (mf::runtime::ViewsMailPtr))
CAF_END_TYPE_ID_BLOCK(microflow)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(mf::runtime::ShardMailPtr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(mf::runtime::EntityMailPtr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(mf::runtime::ViewsMailPtr)
