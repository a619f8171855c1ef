# pf_backends(host/display): adds every sub-folder of the current kind that is a backend, and notes its name for the
# registry. A backend that is a module (a library loaded at run time) is found at run time instead.
function(pf_backends kind)
  string(REPLACE "/" "_" flat "${kind}")
  file(GLOB folders CONFIGURE_DEPENDS */CMakeLists.txt)
  foreach(file IN LISTS folders)
    get_filename_component(folder "${file}" DIRECTORY)
    get_filename_component(name "${folder}" NAME)
    add_subdirectory("${folder}")
    if(TARGET pf_${flat}_${name})
      set_property(GLOBAL APPEND PROPERTY PF_BACKENDS_${flat} ${name})
    endif()
  endforeach()
endfunction()

# Writes registry.cpp, which names every backend, and gives the rooms to link in `out`.
function(pf_write_registry path out)
  set(declarations "")
  set(lists "")
  set(rooms "")
  foreach(entry "display DisplayBackend" "capture CaptureBackend" "audio AudioBackend" "input InputBackend")
    separate_arguments(entry)
    list(GET entry 0 kind)
    list(GET entry 1 type)
    get_property(names GLOBAL PROPERTY PF_BACKENDS_host_${kind})
    set(items "")
    foreach(name IN LISTS names)
      string(APPEND declarations "namespace pf::${kind}::${name} { ${type} backend(); }\n")
      list(APPEND items "${kind}::${name}::backend()")
      list(APPEND rooms host/${kind}/${name})
    endforeach()
    list(JOIN items ", " items)
    string(APPEND lists "std::vector<${kind}::${type}> ${kind}_backends() { return {${items}}; }\n")
  endforeach()
  file(GENERATE OUTPUT "${path}" CONTENT "// Written by cmake/PfBackends.cmake.
#include \"host/app/registry.h\"

${declarations}
namespace pf::app {
${lists}}  // namespace pf::app
")
  set(${out} "${rooms}" PARENT_SCOPE)
endfunction()
