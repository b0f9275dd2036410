#include "base/id.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace mf;

// Expected texts were computed with Python: hashlib.blake2b and a base32 of Crockford's alphabet.

TEST_CASE("id: base32 uses Crockford's alphabet and pads the last character with zero bits") {
  CHECK(crockford_base32("") == "");
  CHECK(crockford_base32("foobar") == "CSQPYRK1E8");
  CHECK(crockford_base32("\xff") == "ZW");
  CHECK(crockford_base32(std::string(16, '\xff')) == "ZZZZZZZZZZZZZZZZZZZZZZZZZW");
}

TEST_CASE("id: a derived id is the prefix and 128 bits of BLAKE2b over principal, operation, key") {
  CHECK(derive_id("ord", "acc_1", "orders.create", "key-1") == "ord_H5KD2BF3HGS86T28689H0CP8K0");
}

TEST_CASE("id: another principal, operation or key derives another id") {
  const std::set<Id> ids{derive_id("ord", "a", "b", "c"), derive_id("ord", "x", "b", "c"),
                         derive_id("ord", "a", "x", "c"), derive_id("ord", "a", "b", "x"),
                         derive_id("ord", "ab", "", "c")};
  CHECK(ids.size() == 5);
}

TEST_CASE("id: random ids are well-formed and differ") {
  const auto one = random_id("tec"), other = random_id("tec");
  CHECK(is_id("tec", one));
  CHECK(one != other);
}

TEST_CASE("id: a malformed id or one of another kind is refused") {
  const Id good = "ord_H5KD2BF3HGS86T28689H0CP8K0";
  CHECK(is_id("ord", good));
  CHECK_FALSE(is_id("tec", good));
  CHECK_FALSE(is_id("ord", good + "0"));
  CHECK_FALSE(is_id("ord", good.substr(0, good.size() - 1)));
  CHECK_FALSE(is_id("ord", "ord_h5kd2bf3hgs86t28689h0cp8k0"));
  CHECK_FALSE(is_id("ord", "ord_H5KD2BF3HGS86T28689H0CP8KU"));  // no U in the alphabet
  CHECK_FALSE(is_id("ord", "ord-H5KD2BF3HGS86T28689H0CP8K0"));
  CHECK_FALSE(is_id("ord", ""));
  CHECK_FALSE(is_id("ord", "ord_../../../../etc/passwd0000"));
}

TEST_CASE("id: an order's short code follows from its id alone") {
  CHECK(order_code("ord_H5KD2BF3HGS86T28689H0CP8K0") == "ORD-68CT-FDWY-BP");
}
