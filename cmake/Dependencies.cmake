# What the library is made of, all from Debian 12; scripts/install-deps installs it. The installed
# CMake package includes this file too.
find_package(PkgConfig REQUIRED)

# Static libraries where there are some: half of the time that a short command takes is the dynamic
# linker's otherwise, and the program runs on machines that have fewer packages.
set(evtxhound_suffixes ${CMAKE_FIND_LIBRARY_SUFFIXES})
set(CMAKE_FIND_LIBRARY_SUFFIXES .a ${CMAKE_FIND_LIBRARY_SUFFIXES})

# Hyperscan is for x86; Vectorscan is its port to other processors, with the same interface under the
# same name. Its versions begin behind Hyperscan's last.
set(vectorscan_default ON)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i[3-6]86)$")
  set(vectorscan_default OFF)
endif()
option(EVTXHOUND_VECTORSCAN "Match by Vectorscan in place of Hyperscan" ${vectorscan_default})
if(EVTXHOUND_VECTORSCAN)
  pkg_check_modules(hyperscan REQUIRED IMPORTED_TARGET libhs>5.4.2)
else()
  pkg_check_modules(hyperscan REQUIRED IMPORTED_TARGET libhs)
endif()

pkg_check_modules(libevtx REQUIRED IMPORTED_TARGET libevtx)
pkg_check_modules(libbfio REQUIRED IMPORTED_TARGET libbfio)
pkg_check_modules(libisal REQUIRED IMPORTED_TARGET libisal)
find_path(HWY_INCLUDE_DIR hwy/highway.h REQUIRED)  # only its headers: see base/simd_target.hpp
pkg_check_modules(libpcre2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(pugixml REQUIRED IMPORTED_TARGET pugixml)
pkg_check_modules(libyaml REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(libtsk REQUIRED IMPORTED_TARGET tsk)
# Of these only headers; they are loaded when an image needs them: evidence/disk/shared_library.hpp.
pkg_check_modules(image_libraries REQUIRED libewf libqcow libvmdk libvhdi libvshadow)
find_package(ZLIB REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)

set(CMAKE_FIND_LIBRARY_SUFFIXES ${evtxhound_suffixes})

# Time zones. Debian has it as a shared library only, without a file for pkg-config.
find_path(CCTZ_INCLUDE_DIR cctz/time_zone.h REQUIRED)
find_library(CCTZ_LIBRARY cctz REQUIRED)

# Its static library needs the development files of each compression that it knows.
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
