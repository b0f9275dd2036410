#pragma once
// Small texts that several tests read.
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mf::planning_files {

/// What a result complains about; "" when it has a value.
template <class T>
[[nodiscard]] std::string complaint(const Result<T>& result) {
  return result ? std::string() : result.error().message;
}

/// `text` with the only `part` replaced.
[[nodiscard]] inline std::string replaced(std::string_view text, std::string_view part,
                                          std::string_view by) {
  std::string out(text);
  const auto at = out.find(part);
  return at == out.npos ? "there is no such part" : out.replace(at, part.size(), by);
}

inline constexpr std::string_view solomon_text =
    "S3\r\n\r\nVEHICLE\r\nNUMBER     CAPACITY\r\n  2         200\r\n\r\nCUSTOMER\r\n"
    "CUST NO.   XCOORD.   YCOORD.    DEMAND   READY TIME   DUE DATE   SERVICE TIME\r\n \r\n"
    "    0          35      40           0       0         230           0\r\n"
    "    1          41      49          10     161         171          10\r\n"
    "\t2\t35\t17\t7.5\t50\t60\t10\r\n"
    "    3          55      45          13     116         126          10\r\n";

/// Two technicians, rows 3 to 5 are requests; homes would be 6 and 7, the depot 8 and above.
inline constexpr std::string_view trsp_text =
    "T3.small\n\nINFO\nCREW COUNT  SKILLS  TOOLS   SPARE PARTS\n2      2       2       2\n\n"
    "DEPOT TECHNICIANS AND REQUESTS\n"
    "ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS\n"
    "0    0     0     5      900    0      []  \t[]  \t[]\n"
    "1    9     6     0      500    0      [0,1]\t[1]\t[3,0]\n"
    "2    7     8     0      600    0      [1]\t[]\t[0,2]\n"
    "3    1     2     10     20     90     [1] \t[0,1]\t[1,0]\n"
    "4    3     4     30     40     90     [0] \t[]\t[0,0]\n"
    "5    5     6     50     60     90     [] \t[]\t[0,1]\n";

/// The same without tools and parts, on roads. The last column and row are a copy of the depot.
inline constexpr std::string_view trsp_roads_text =
    "Roads\nINFO\nCREW COUNT  SKILLS  TOOLS   SPARE PARTS\n1 0 0 0\n"
    "DEPOT TECHNICIANS AND REQUESTS\nID X Y TWS TWE Serv SKILLS TOOLS PARTS\n"
    "0 0.0 0.0 420.0 1140.0 0.0 [] [] []\n1 0.0 0.0 420.0 1140.0 0.0 [] [] []\n"
    "2 0.0 0.0 465.0 480.0 45.0 [] [] []\n"
    "DISTANCES\n0;0.0;1.5;2.5;0.0\n1;3.5;0.0;4.5;3.5\n2;5.5;6.5;0.0;5.5\n3;0.0;1.5;2.5;0.0\n"
    "TRAVEL TIMES\n0;0.0;10.1;20;0\n1;30;0.0;40;30\n2;50;60;0.0;50\n3;0;10.1;20;0\n";

/// A day of two technicians in Lima with everything a problem can have.
inline constexpr std::string_view json_text = R"({
  "name": "Lunes & martes",
  "travel": {"kind": "great_circle", "detour": 1.3, "kmh": 36},
  "traffic": {"factors": [1, 1, 1, 1, 1, 1, 1, 1.5, 1.5, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1],
              "starts_at": "06:00"},
  "places": [{"id": "base", "lat": -12.05, "lon": -77.04}, {"lat": -12.1, "lon": -77}],
  "technicians": [
    {"id": "ana", "start": "base", "end": 0,
     "shifts": [{"hours": {"from": "08:00", "to": "17:00"}, "overtime_max": "00:30",
                 "breaks": [{"start": {"from": "12:00", "to": "14:00"}, "duration": "01:00"}]},
                {"hours": {"from": "1 08:00", "to": "1 12:30:15"}}],
     "skills": ["gas", {"skill": "electric", "level": 3}], "speed": 1.25, "zones": ["north"],
     "capacity": [10, 2.5], "stock": [{"item": "cable", "quantity": 40}], "tools": ["drill"],
     "cost": 2},
    {"id": "ben", "start": {"lat": -12.07, "lon": -77.02},
     "shifts": [{"hours": {"from": 7200, "to": 36000}}]}],
  "visits": [
    {"id": "v1", "place": {"lat": -12.07, "lon": -77.02}, "duration": "00:45",
     "windows": [{"from": "09:00", "to": "11:00"}, {"from": "1 09:00", "to": "1 11:00"}],
     "skills": [{"skill": "gas", "level": 2}], "zone": "north", "value": 5, "due": "12:00",
     "lateness_weight": 3, "demand": [1, 0.5], "materials": [{"item": "cable", "quantity": 2.5}],
     "tools": ["drill"], "allowed": ["ana"], "forbidden": ["ben"], "release": "07:30",
     "pin": {"technician": "ana", "shift": 1, "place": 0, "started": "1 08:05"},
     "announced": {"technician": "ana", "start": "09:30"}},
    {"id": "v2", "place": 1, "duration": 600}],
  "depots": [{"id": "store", "place": "base", "duration": "00:10",
              "hours": {"from": "07:00", "to": "20:00"}, "items": ["cable"], "tools": ["drill"]}],
  "vehicles_max": 2
})";

}  // namespace mf::planning_files
