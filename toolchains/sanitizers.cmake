# GENKAN_SANITIZE: a list for -fsanitize ("address,undefined", "thread"); empty for none.
set(GENKAN_SANITIZE "" CACHE STRING "sanitizers to build with")
if(GENKAN_SANITIZE)
  add_compile_options(-fsanitize=${GENKAN_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GENKAN_SANITIZE})
endif()
