# Library, headers, program, bundle, and what find_package(atau CONFIG) and pkg-config need.
include(CMakePackageConfigHelpers)

set(atau_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/atau)
install(TARGETS atau EXPORT atauTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} RUNTIME
                                                                                                        DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/atau DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
if(ATAU_CLI)
  install(TARGETS atau_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  atau_install_program_files()
endif()
if(TARGET atau_dictionaries OR ATAU_PREBUILT_BUNDLE)
  install(FILES ${ATAU_BUNDLE_FILE} DESTINATION ${CMAKE_INSTALL_DATADIR}/atau RENAME atau.bundle)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(EXPORT atauTargets NAMESPACE atau:: DESTINATION ${atau_config_dir})
set(atau_shared ${BUILD_SHARED_LIBS})
set(atau_bundle_path ${CMAKE_INSTALL_DATADIR}/atau/atau.bundle)
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/atauConfig.cmake.in ${PROJECT_BINARY_DIR}/atauConfig.cmake
  INSTALL_DESTINATION ${atau_config_dir}
  PATH_VARS atau_bundle_path)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/atauConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/atauConfig.cmake ${PROJECT_BINARY_DIR}/atauConfigVersion.cmake DESTINATION ${atau_config_dir})

# A static library hands its own dependencies on to whoever links it; a shared one keeps them.
set(atau_pc_requires "icu-uc icu-i18n re2")
set(atau_pc_libs "-lboost_locale -pthread")
if(BUILD_SHARED_LIBS)
  set(atau_pc_private "Requires.private: ${atau_pc_requires}\nLibs.private: ${atau_pc_libs}")
  set(atau_pc_public "Libs: -L\${libdir} -latau")
else()
  set(atau_pc_private "Requires: ${atau_pc_requires}")
  set(atau_pc_public "Libs: -L\${libdir} -latau ${atau_pc_libs}")
endif()
# The prefix is found from the place of the .pc file, so that an installation can be moved.
file(RELATIVE_PATH atau_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" atau_pc_prefix "${atau_pc_prefix}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/atau.pc.in ${PROJECT_BINARY_DIR}/atau.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/atau.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The C interface is a package of its own: whoever uses it needs none of the C++ library's dependencies. Its version is that of the ABI.
if(TARGET atau_c)
  set(atau_c_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/atau_c)
  install(TARGETS atau_c EXPORT atau_cTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT atau_cTargets NAMESPACE atau:: DESTINATION ${atau_c_config_dir})
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/atau_cConfig.cmake.in ${PROJECT_BINARY_DIR}/atau_cConfig.cmake
                                INSTALL_DESTINATION ${atau_c_config_dir} PATH_VARS atau_bundle_path)
  get_target_property(atau_c_version atau_c VERSION)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/atau_cConfigVersion.cmake VERSION ${atau_c_version} COMPATIBILITY SameMajorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/atau_cConfig.cmake ${PROJECT_BINARY_DIR}/atau_cConfigVersion.cmake DESTINATION ${atau_c_config_dir})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/atau_c.pc.in ${PROJECT_BINARY_DIR}/atau_c.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/atau_c.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
