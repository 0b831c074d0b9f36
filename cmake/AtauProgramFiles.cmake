# What belongs to the program beside the program: message catalogues, completion for shells, manual pages. In the build folder the
# catalogues lie where the program looks for them, <build>/locale; installed, in <prefix>/share/locale.
set(atau_languages ru)
set(atau_program_files)
set(atau_catalogues)

if(ATAU_TRANSLATIONS)
  find_program(ATAU_MSGFMT msgfmt)
  if(NOT ATAU_MSGFMT)
    message(FATAL_ERROR "msgfmt is missing: install gettext, or configure with -DATAU_TRANSLATIONS=OFF for messages in English only")
  endif()
  foreach(language IN LISTS atau_languages)
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/cli/translations/${language}.po)
    set(catalogue ${PROJECT_BINARY_DIR}/locale/${language}/LC_MESSAGES/atau.mo)
    add_custom_command(
      OUTPUT ${catalogue}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/locale/${language}/LC_MESSAGES
      COMMAND ${ATAU_MSGFMT} --check -o ${catalogue} ${source}
      DEPENDS ${source}
      VERBATIM)
    list(APPEND atau_catalogues ${catalogue})
  endforeach()
  # The program is not complete without its messages.
  add_custom_target(atau_catalogues DEPENDS ${atau_catalogues})
  add_dependencies(atau_cli atau_catalogues)
endif()

# The program itself prints these, so that they cannot lag behind its options. A program for another machine cannot be run here.
if(NOT CMAKE_CROSSCOMPILING)
  set(atau_made ${PROJECT_BINARY_DIR}/program_files)
  function(atau_print output depends)
    add_custom_command(
      OUTPUT ${atau_made}/${output}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${atau_made}
      COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C $<TARGET_FILE:atau_cli> ${ARGN} > ${atau_made}/${output}
      DEPENDS atau_cli ${depends}
      VERBATIM)
  endfunction()
  foreach(shell bash zsh fish)
    atau_print(atau.${shell} "" completion ${shell})
    list(APPEND atau_program_files ${atau_made}/atau.${shell})
  endforeach()
  atau_print(atau.1 "" manual)
  list(APPEND atau_program_files ${atau_made}/atau.1)
  if(ATAU_TRANSLATIONS)
    foreach(language IN LISTS atau_languages)
      atau_print(atau.${language}.1 ${PROJECT_BINARY_DIR}/locale/${language}/LC_MESSAGES/atau.mo manual --lang ${language})
      list(APPEND atau_program_files ${atau_made}/atau.${language}.1)
    endforeach()
  endif()
endif()
add_custom_target(atau_program_files ALL DEPENDS ${atau_program_files})

function(atau_install_program_files)
  if(ATAU_TRANSLATIONS)
    install(DIRECTORY ${PROJECT_BINARY_DIR}/locale DESTINATION ${CMAKE_INSTALL_DATADIR} FILES_MATCHING PATTERN "*.mo")
  endif()
  if(CMAKE_CROSSCOMPILING)
    return()
  endif()
  set(made ${PROJECT_BINARY_DIR}/program_files)
  install(FILES ${made}/atau.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  if(ATAU_TRANSLATIONS)
    foreach(language ru)
      install(FILES ${made}/atau.${language}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/${language}/man1 RENAME atau.1)
    endforeach()
  endif()
  install(FILES ${made}/atau.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME atau)
  install(FILES ${made}/atau.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _atau)
  install(FILES ${made}/atau.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endfunction()
