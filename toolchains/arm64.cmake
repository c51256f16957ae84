# 64-bit ARM boards (Debian arm64). ./dev cross arm64 makes the sysroot.
set(GENKAN_TRIPLE aarch64-linux-gnu)
set(GENKAN_QEMU qemu-aarch64-static)
set(GENKAN_SYSROOT_NAME sysroot-arm64)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
include(${CMAKE_CURRENT_LIST_DIR}/cross.cmake)
