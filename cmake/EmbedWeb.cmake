# Script: writes OUT, a C++ file with the pictures of PAGES and, below it, all of BUILT, so that the program
# needs no files beside it. A file NAME.br is NAME compressed.
file(GLOB names RELATIVE ${PAGES} ${PAGES}/*.svg)
set(folders "")
foreach(name ${names})
  list(APPEND folders ${PAGES})
endforeach()
if(BUILT)
  file(GLOB_RECURSE built RELATIVE ${BUILT} ${BUILT}/*.html ${BUILT}/*.webmanifest ${BUILT}/*.js ${BUILT}/assets/*)
  list(REMOVE_DUPLICATES built)
  list(FILTER built EXCLUDE REGEX "\\.br$")
  foreach(name ${built})
    list(APPEND names ${name})
    list(APPEND folders ${BUILT})
  endforeach()
endif()

# The assembler reads the files: as literals a megabyte of script takes the compiler seconds.
set(arrays "")
set(rows "")
set(number 0)
function(embed symbol file)
  file(SHA256 ${file} digest)   # so that this file changes when that one does
  set(arrays "${arrays}// ${digest}
asm(\".section .rodata\\n.balign 16\\n.local ${symbol}\\n.local ${symbol}_end\\n${symbol}:\\n\"
    \".incbin \\\"${file}\\\"\\n${symbol}_end:\\n.byte 0\\n.previous\\n\");
extern const char ${symbol}[] asm(\"${symbol}\");
extern const char ${symbol}_end[] asm(\"${symbol}_end\");
" PARENT_SCOPE)
endfunction()
foreach(name folder IN ZIP_LISTS names folders)
  embed(mf_web_${number} ${folder}/${name})
  set(compressed "{}")
  if(EXISTS ${folder}/${name}.br)
    embed(mf_web_${number}_br ${folder}/${name}.br)
    set(compressed "text(mf_web_${number}_br, mf_web_${number}_br_end)")
  endif()
  string(APPEND rows "      {\"${name}\", text(mf_web_${number}, mf_web_${number}_end), ${compressed}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "#include \"gateway/pages/web_assets.hpp\"

#include <vector>

${arrays}
namespace mf::gateway::pages {
namespace {

std::string_view text(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::span<const Asset> web_assets() {
  static const std::vector<Asset> assets{
${rows}  };
  return assets;
}

}  // namespace mf::gateway::pages
")
