# 32-bit ARM boards (Debian armhf: ARMv7, VFPv3-D16). ./dev cross armhf makes the sysroot.
set(GENKAN_TRIPLE arm-linux-gnueabihf)
set(GENKAN_QEMU qemu-arm-static)
set(GENKAN_SYSROOT_NAME sysroot-armhf)
set(CMAKE_SYSTEM_PROCESSOR arm)
include(${CMAKE_CURRENT_LIST_DIR}/cross.cmake)
