#pragma once
#include <boost/describe.hpp>
#include <string>

namespace mf::gateway::routes {

struct Invitation {
  std::string token, password;
};
BOOST_DESCRIBE_STRUCT(Invitation, (), (token, password))

}  // namespace mf::gateway::routes
