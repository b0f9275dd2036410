# How everything is compiled: C++23, short builds on two cores.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

add_compile_options(-Wall -Wextra -Wno-missing-field-initializers -Wno-psabi)

# GCC tidies its own heap again and again while it compiles a file that takes a gigabyte. Where there is
# memory for the four compilers that ninja starts on two cores, it need not: a fifth less time.
cmake_host_system_information(RESULT memory_mib QUERY TOTAL_PHYSICAL_MEMORY)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND memory_mib GREATER 12000)
  add_compile_options("SHELL:--param ggc-min-heapsize=1000000")
endif()
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                        BOOST_ASIO_NO_DEPRECATED SPDLOG_FMT_EXTERNAL SPDLOG_COMPILED_LIB)
include_directories(${CMAKE_SOURCE_DIR})

set(MF_SANITIZE "" CACHE STRING "Comma-separated sanitizers, e.g. address,undefined")
if(MF_SANITIZE)
  add_compile_options(-fsanitize=${MF_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MF_SANITIZE})
endif()
option(MF_FUZZ "Build the libFuzzer targets instead of the tests" OFF)
if(MF_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Most of a short file's compile time are the library headers it includes; eight files share them.
set(CMAKE_UNITY_BUILD ON)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# mf_library(<name> DEPENDS … [FOLDERS <folders>]): all .cpp of these folders and below; without
# FOLDERS, of this folder and below.
function(mf_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;FOLDERS" ${ARGN})
  set(patterns ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(ARG_FOLDERS)
    list(TRANSFORM ARG_FOLDERS REPLACE "(.+)" "${CMAKE_CURRENT_SOURCE_DIR}/\\1/*.cpp" OUTPUT_VARIABLE patterns)
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${patterns})
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS})
endfunction()
