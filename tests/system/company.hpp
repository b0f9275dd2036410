#pragma once
// A small company on a running node, made through its public API: two zones, an order type, and
// people of every role in each zone.
#include <string>
#include <vector>

#include "base/id.hpp"
#include "tests/storage/temporary_directory.hpp"
#include "tests/system/outside.hpp"

namespace mf::system_test {

struct Company {
  /// Throws when anything can't be made.
  Company(Loop& loop, const Address& address);

  Person admin, operator_;
  std::string north_zone, south_zone, type;
  std::vector<Person> supervisors;  ///< [0] of the north, [1] of the south
  /// [0] Ana and [1] Ben in the north, [2] Caro in the south. On duty.
  std::vector<Person> technicians;
  /// [0] Laura has a site in the north, [1] Mateo one in the south.
  std::vector<Person> clients;

  Person& supervisor() { return supervisors[0]; }
  Person& ana() { return technicians[0]; }
  Person& ben() { return technicians[1]; }
  Person& laura() { return clients[0]; }
  [[nodiscard]] std::vector<Person*> everybody();
  /// After a restart of the node. Sessions go on.
  void move_to(const Address& address);

  /// An order of Laura, by Laura; its id.
  std::string new_order(const std::string& title = "Sin internet");
  /// The same, triaged and offered to Ana.
  std::string assigned_order();

 private:
  std::string make(const std::string& path, const Json& body);
  std::string add_zone(const std::string& name, double lat);
  Person add_account(const std::string& username, const std::string& role, Json rights);
  void add_technician(const std::string& username, const std::string& name,
                      const std::string& zone);
  void add_client(const std::string& username, const std::string& name, const std::string& zone,
                  double lat);
  Loop& loop_;
};

/// A node with a company in a directory of its own. The node can be stopped and started again.
struct World {
  explicit World(std::vector<std::string> flags = {});
  /// Starts a process on the directory again and moves everybody there.
  void start_again(std::vector<std::string> flags = {});
  /// The same with a process that is started otherwise.
  void start_as(const Launch& launch);

  Loop loop;
  test::TemporaryDirectory directory;
  std::unique_ptr<Process> node;
  std::unique_ptr<Company> company;

 private:
  void start(const Launch& launch);
};

}  // namespace mf::system_test
