# Warnings are errors, in our code only: library headers are SYSTEM.
add_library(genkan_options INTERFACE)
target_compile_features(genkan_options INTERFACE cxx_std_23)
target_include_directories(genkan_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(genkan_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough -Wunused -Wnull-dereference -Werror
  -fno-omit-frame-pointer -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
target_compile_definitions(genkan_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION)
