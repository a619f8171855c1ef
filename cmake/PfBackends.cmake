# pf_backends(): adds every sub-folder of the current kind that is a backend.
function(pf_backends)
  file(GLOB folders CONFIGURE_DEPENDS */CMakeLists.txt)
  foreach(file IN LISTS folders)
    get_filename_component(folder "${file}" DIRECTORY)
    add_subdirectory("${folder}")
  endforeach()
endfunction()
