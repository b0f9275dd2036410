#pragma once
#include <cstdint>
#include <string>

namespace mf {

/// One form in which something is shown to people, for the documents that describe our answers.
struct Shown {
  enum class Use : std::uint8_t {
    view,  ///< the whole thing
    row,   ///< its line in lists
    part,  ///< something within it that is answered alone: a site, a line of an agenda
    link,  ///< to whoever holds its tracking link
    event  ///< the data of one of its events
  };
  Use use = Use::part;
  std::string name;    ///< "OrderForClient"; of an event its type
  std::string schema;  ///< JSON Schema, one line
  std::string note;    ///< who gets this form, or what it is
};

}  // namespace mf
