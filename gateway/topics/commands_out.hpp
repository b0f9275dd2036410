#pragma once
// Commands that topics send on a technician's behalf.
#include <string>

#include "gateway/io/io_thread.hpp"

namespace mf::gateway::topics {

/// A command to a technician with this body. The id is random with an empty `key`, else the same
/// for the same (technician, verb, key). nullopt when the entity does not know the verb.
[[nodiscard]] std::optional<entity::Command> technician_command(
    IoThread& thread, const Id& technician, std::string_view verb, std::string_view body,
    const Principal& by, std::string_view key = {});

}  // namespace mf::gateway::topics
