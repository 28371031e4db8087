# What the library is made of, all from Debian 12; scripts/install-deps installs it. The installed
# CMake package includes this file too.
find_package(PkgConfig REQUIRED)

# Static libraries where there are some: half of the time that a short command takes is the dynamic
# linker's otherwise, and the program runs on machines that have fewer packages.
set(evtxhound_suffixes ${CMAKE_FIND_LIBRARY_SUFFIXES})
set(CMAKE_FIND_LIBRARY_SUFFIXES .a ${CMAKE_FIND_LIBRARY_SUFFIXES})
pkg_check_modules(hyperscan REQUIRED IMPORTED_TARGET libhs)
pkg_check_modules(libevtx REQUIRED IMPORTED_TARGET libevtx)
pkg_check_modules(libbfio REQUIRED IMPORTED_TARGET libbfio)
pkg_check_modules(libisal REQUIRED IMPORTED_TARGET libisal)
find_path(HWY_INCLUDE_DIR hwy/highway.h REQUIRED)  # only its headers: see base/simd_target.hpp
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(pugixml REQUIRED IMPORTED_TARGET pugixml)
find_package(SQLite3 3.40 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)

set(CMAKE_FIND_LIBRARY_SUFFIXES ${evtxhound_suffixes})
