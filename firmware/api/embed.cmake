# Turns the text file IN (ASCII) into the C++ unit OUT: genkan::api::openapi_document(). In pieces,
# because compilers need not take string literals of more than 64 KiB.
file(READ ${IN} text)
string(LENGTH "${text}" length)
set(piece 8000)
set(out "#include \"firmware/api/openapi.hpp\"\n\nnamespace genkan::api {\n\nstd::string openapi_document() {\n  std::string text;\n  text.reserve(${length});\n")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} ${piece} part)
  string(APPEND out "  text += R\"~~(${part})~~\";\n")
  math(EXPR at "${at} + ${piece}")
endwhile()
string(APPEND out "  return text;\n}\n\n}  // namespace genkan::api\n")
file(WRITE ${OUT} "${out}")
