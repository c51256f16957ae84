# What the ARM targets share: clang 19 against a sysroot of Debian packages, lld, and qemu-user to
# run the tests. Included by arm64.cmake and armhf.cmake, which set the GENKAN_ variables.
set(CMAKE_SYSTEM_NAME Linux)
get_filename_component(GENKAN_SYSROOT
  ${CMAKE_CURRENT_LIST_DIR}/../build/${GENKAN_SYSROOT_NAME} ABSOLUTE)
set(CMAKE_SYSROOT ${GENKAN_SYSROOT})
set(CMAKE_LIBRARY_ARCHITECTURE ${GENKAN_TRIPLE})
foreach(language C CXX)
  set(CMAKE_${language}_COMPILER_TARGET ${GENKAN_TRIPLE})
endforeach()
set(CMAKE_C_COMPILER clang-19)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_EXE_LINKER_FLAGS_INIT
  "-fuse-ld=lld-19 -Wl,-rpath-link,${GENKAN_SYSROOT}/usr/lib/${GENKAN_TRIPLE} -Wl,-rpath-link,${GENKAN_SYSROOT}/lib/${GENKAN_TRIPLE}")
set(ENV{PKG_CONFIG_LIBDIR}
  ${GENKAN_SYSROOT}/usr/lib/${GENKAN_TRIPLE}/pkgconfig:${GENKAN_SYSROOT}/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${GENKAN_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# The library path is said outright: the loader would read the build machine's cache otherwise.
set(CMAKE_CROSSCOMPILING_EMULATOR ${GENKAN_QEMU} -L ${GENKAN_SYSROOT}
  -E LD_LIBRARY_PATH=${GENKAN_SYSROOT}/lib/${GENKAN_TRIPLE}:${GENKAN_SYSROOT}/usr/lib/${GENKAN_TRIPLE})
