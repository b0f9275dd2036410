#include "actors/dispatch/zones.hpp"
#include "base/described_json.hpp"

namespace mf::dispatch {

BOOST_DESCRIBE_ENUM(Mode, off, suggest, automatic)

namespace {

struct Zone {
  Id id;
  Mode dispatch = Mode::off;
};
BOOST_DESCRIBE_STRUCT(Zone, (), (id, dispatch))

}  // namespace

std::map<Id, Mode> modes_of(std::string_view zones) {
  std::map<Id, Mode> modes;
  if (const auto list = json::from_stored<std::vector<Zone>>(zones))
    for (const auto& zone : *list) modes[zone.id] = zone.dispatch;
  return modes;
}

}  // namespace mf::dispatch
