#include "node/control_socket.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "base/metrics.hpp"
#include "tests/storage/temporary_directory.hpp"

using namespace mf;

TEST_CASE("control socket: a request whose handling throws is answered, and the next one served") {
  test::TemporaryDirectory directory;
  node::ControlSocket socket;
  REQUIRE(socket.open(directory.path(), [](std::string_view line) -> std::string {
    if (line == "break") throw std::runtime_error("a directory that is its own link");
    return "heard " + std::string(line);
  }));
  const auto broken = node::ask_node(directory.path(), "break");
  REQUIRE(broken);
  CHECK_THAT(*broken, Catch::Matchers::Contains("\"error\":\"internal\""));
  CHECK(node::ask_node(directory.path(), "again").value() == "heard again");
  CHECK_THAT(metrics::expose(),
             Catch::Matchers::Contains("microflow_thread_failures_total{thread=\"control\"} 1"));
}
