# The fakes as one library; include() this from the CMakeLists.txt of a test that needs them.
if(NOT TARGET genkan_fakes)
  file(GLOB fake_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fakes/*.cpp)
  add_library(genkan_fakes STATIC ${fake_sources})
  target_link_libraries(genkan_fakes PUBLIC genkan_options genkan_ports)
endif()
