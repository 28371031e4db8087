# The script behind evtxhound_embed(): writes OUT, a C++ file that holds the text of IN as bytes.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
file(WRITE ${OUT}
  "#include <string_view>\n"
  "namespace evtxhound::embedded {\n"
  "static const char bytes[] = {${bytes}'\\0'};\n"
  "extern const std::string_view ${SYMBOL};\n"
  "const std::string_view ${SYMBOL}(bytes, sizeof bytes - 1);\n"
  "}  // namespace evtxhound::embedded\n")
