# What `cmake --install` puts in place: the program, the library with its headers, a CMake package
# (find_package(evtxhound)), a pkg-config file, the 3CX pack, completions for bash and zsh, the manual
# page and the documentation.
include(CMakePackageConfigHelpers)

install(TARGETS evtxhound_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS evtxhound EXPORT evtxhound-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY lib/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/evtxhound
  FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY indicators/3cx DESTINATION ${CMAKE_INSTALL_DATADIR}/evtxhound/indicators
  PATTERN "*.hsdb" EXCLUDE)
set(shell_files ${PROJECT_BINARY_DIR}/tools/evtxhound/shell)
install(FILES ${shell_files}/evtxhound DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${shell_files}/_evtxhound DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${shell_files}/evtxhound.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/evtxhound)
install(EXPORT evtxhound-targets NAMESPACE evtxhound:: DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/evtxhound-config-version.cmake
  COMPATIBILITY SameMinorVersion)
configure_package_config_file(cmake/evtxhound-config.cmake.in
  ${PROJECT_BINARY_DIR}/evtxhound-config.cmake INSTALL_DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/evtxhound-config.cmake
              ${PROJECT_BINARY_DIR}/evtxhound-config-version.cmake
              cmake/Dependencies.cmake
  DESTINATION ${package_dir})

configure_file(cmake/evtxhound.pc.in ${PROJECT_BINARY_DIR}/evtxhound.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/evtxhound.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
