# Debian bookworm packages only; deploy/packages.txt lists them.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
find_package(prometheus-cpp CONFIG REQUIRED)

# These two ship no CMake config that works.
find_path(CAF_INCLUDE caf/actor_system.hpp REQUIRED)
find_library(CAF_CORE caf_core REQUIRED)
add_library(mf_caf INTERFACE)
target_include_directories(mf_caf SYSTEM INTERFACE ${CAF_INCLUDE})
target_link_libraries(mf_caf INTERFACE ${CAF_CORE})

find_path(ROCKSDB_INCLUDE rocksdb/db.h REQUIRED)
find_library(ROCKSDB rocksdb REQUIRED)
add_library(mf_rocksdb INTERFACE)
target_include_directories(mf_rocksdb SYSTEM INTERFACE ${ROCKSDB_INCLUDE})
target_link_libraries(mf_rocksdb INTERFACE ${ROCKSDB})

find_library(JEMALLOC jemalloc)

add_library(mf_asio STATIC ${CMAKE_CURRENT_LIST_DIR}/boost_asio.cpp)
target_link_libraries(mf_asio PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
