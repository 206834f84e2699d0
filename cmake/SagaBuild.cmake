# Flags, sanitizers, hardening and the helpers with which every room is declared.

option(SAGA_TESTS "build the tests" ON)
option(SAGA_WERROR "a warning fails the build" OFF)
set(SAGA_SANITIZE "" CACHE STRING "value of -fsanitize=, for example address,undefined")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Debug CACHE STRING "" FORCE)
endif()

add_library(saga_flags INTERFACE)
target_include_directories(saga_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(saga_flags INTERFACE
  -Wall -Wextra -Wconversion -Wformat=2 -Werror=format-security -fno-strict-overflow
  -fno-delete-null-pointer-checks)
# A parameter may have the name of a member, as in `Frame& frame(FrameId id)` beside `id`; clang
# can't tell that apart from what hides a variable.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(saga_flags INTERFACE -Wshadow=local)
endif()
target_compile_definitions(saga_flags INTERFACE _GLIBCXX_ASSERTIONS)
if(SAGA_WERROR)
  target_compile_options(saga_flags INTERFACE -Werror)
endif()

if(SAGA_SANITIZE)
  target_compile_options(saga_flags INTERFACE -fsanitize=${SAGA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(saga_flags INTERFACE -fsanitize=${SAGA_SANITIZE})
  if(SAGA_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(saga_flags INTERFACE -Wno-tsan)
  endif()
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  target_compile_options(saga_flags INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
    -fcf-protection=full -fPIE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(saga_flags INTERFACE -ftrivial-auto-var-init=zero)
  endif()
  target_link_options(saga_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

# What the programs allocate with. Rows are made on one thread and freed on another, which costs the C
# library's allocator a quarter of all CPU time; sanitizers bring their own.
add_library(saga_allocator INTERFACE)
if(NOT SAGA_SANITIZE)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(JEMALLOC REQUIRED jemalloc)
  target_link_options(saga_allocator INTERFACE
    -Wl,--push-state,--no-as-needed -l${JEMALLOC_LIBRARIES} -Wl,--pop-state)
endif()

# saga_library(NAME FOLDER LINK targets…): every .cpp of the folder, as the static library saga_NAME.
function(saga_library name folder)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LINK")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  if(sources)
    add_library(saga_${name} STATIC ${sources})
    target_link_libraries(saga_${name} PUBLIC saga_flags ${arg_LINK})
  else()
    add_library(saga_${name} INTERFACE)
    target_link_libraries(saga_${name} INTERFACE saga_flags ${arg_LINK})
  endif()
endfunction()

# saga_test(NAME LINK targets…): every .cpp of tests/NAME, as the test program test_NAME. A name
# that begins with `kill` is a slow one: only `./dev test --all` runs it.
function(saga_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(sources)
    add_executable(test_${name} ${sources})
    target_link_libraries(test_${name} PRIVATE saga_test_main ${arg_LINK})
    add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    # A hung test is told as one; the bound is far from what any of them takes, sanitizers included.
    set_tests_properties(${name} PROPERTIES TIMEOUT 600 ENVIRONMENT "UBSAN_OPTIONS=print_stacktrace=1")
    if(name MATCHES "^kill")
      set_tests_properties(${name} PROPERTIES LABELS slow TIMEOUT 2400)
    endif()
  endif()
endfunction()
