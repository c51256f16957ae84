# Release builds for gateways with little memory: code that nothing calls is left out, functions that
# are alike are there once (code of genkand: 3.65 MB instead of 4.00).
add_compile_options($<$<CONFIG:RelWithDebInfo>:-ffunction-sections> $<$<CONFIG:RelWithDebInfo>:-fdata-sections>)
add_link_options($<$<CONFIG:RelWithDebInfo>:-Wl,--gc-sections,--icf=safe>)

# And against what a mistake in them could be used for: stacks are checked on return, calls of libc for
# the size of their buffers, and no table of addresses can be written once the program runs. Not where
# the sanitizers look, who see more.
if(NOT GENKAN_SANITIZE)
  add_compile_options($<$<CONFIG:RelWithDebInfo>:-fstack-protector-strong>
    $<$<CONFIG:RelWithDebInfo>:-U_FORTIFY_SOURCE> $<$<CONFIG:RelWithDebInfo>:-D_FORTIFY_SOURCE=3>)
  add_link_options($<$<CONFIG:RelWithDebInfo>:-Wl,-z,relro,-z,now>)
endif()
