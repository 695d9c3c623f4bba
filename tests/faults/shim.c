/* A library to preload: it lets chosen system calls fail, kills the process before one of them, or records what is
 * written. Calls count only in main() and only for files under one folder (memory and threads: all of them).
 *
 *   FAULTS_UNDER    the folder, absolute, without links
 *   FAULTS_CALLS    the calls that count: open write sync rename unlink mkdir truncate allocate close read map lock list
 *                   thread memory, separated by commas
 *   FAULTS_AT       the number of the call that fails, from 1; 0 or nothing: none
 *   FAULTS_HOW      fail (once), on (this one and all later ones), short (half of a write or read), kill
 *   FAULTS_ERRNO    what errno becomes, a number
 *   FAULTS_REPORT   receives the number of all calls at the end, a line for each kind
 *   FAULTS_RECORD   receives every change of a file or folder (see record.h and power_loss.py)
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "settings.h"
#include "record.h"

#define REAL(result, name, ...)                                        \
  static result (*real)(__VA_ARGS__);                                  \
  if (real == NULL) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

/* ---- files: opening */

static int finish_open(int fd, const char* path, int flags, int was_there) {
  if (fd < 0 || fd >= MOST_FILES) return fd;
  if (!is_under(path)) return fd;
  strncpy(path_of[fd], path, PATH_MAX - 1);
  if ((flags & O_CREAT) && !was_there) record_path('o', inode_of(fd), path);
  if ((flags & O_TRUNC) && was_there) record_numbers('t', inode_of(fd), 0);
  return fd;
}

static int open_path(int at, const char* given, int flags, mode_t mode) {
  char path[PATH_MAX];
  full_path(at, given, path);
  if (is_under(path) && fails("open")) return -1;
  begin_change();
  const int was_there = faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  const int fd = (int)syscall(SYS_openat, at, given, flags, mode);
  const int error = errno;
  finish_open(fd, path, flags, was_there);
  end_change();
  errno = error;
  return fd;
}

static mode_t mode_of(int flags, va_list rest) {
  return (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name)                                  \
  int name(const char* path, int flags, ...) {      \
    va_list rest;                                   \
    va_start(rest, flags);                          \
    const mode_t mode = mode_of(flags, rest);       \
    va_end(rest);                                   \
    return open_path(AT_FDCWD, path, flags, mode);  \
  }
#define OPEN_AT(name)                               \
  int name(int at, const char* path, int flags, ...) { \
    va_list rest;                                   \
    va_start(rest, flags);                          \
    const mode_t mode = mode_of(flags, rest);       \
    va_end(rest);                                   \
    return open_path(at, path, flags, mode);        \
  }
OPEN(open) OPEN(open64) OPEN_AT(openat) OPEN_AT(openat64)
int __open_2(const char* path, int flags) { return open_path(AT_FDCWD, path, flags, 0); }
int __open64_2(const char* path, int flags) { return open_path(AT_FDCWD, path, flags, 0); }
int __openat_2(int at, const char* path, int flags) { return open_path(at, path, flags, 0); }
int __openat64_2(int at, const char* path, int flags) { return open_path(at, path, flags, 0); }
int creat(const char* path, mode_t mode) { return open_path(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char* path, mode_t mode) { return creat(path, mode); }

static FILE* open_stream(const char* given, const char* mode, FILE* (*real)(const char*, const char*)) {
  char path[PATH_MAX];
  full_path(AT_FDCWD, given, path);
  if (is_under(path) && fails("open")) return NULL;
  begin_change();
  const int was_there = faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  FILE* stream = real(given, mode);
  const int error = errno;
  const int flags = mode[0] == 'w' ? O_CREAT | O_TRUNC : mode[0] == 'a' ? O_CREAT : 0;
  if (stream != NULL) finish_open(fileno(stream), path, flags, was_there);
  end_change();
  errno = error;
  return stream;
}

FILE* fopen(const char* path, const char* mode) {
  REAL(FILE*, "fopen", const char*, const char*);
  return open_stream(path, mode, real);
}

FILE* fopen64(const char* path, const char* mode) {
  REAL(FILE*, "fopen64", const char*, const char*);
  return open_stream(path, mode, real);
}

DIR* opendir(const char* given) {
  REAL(DIR*, "opendir", const char*);
  char path[PATH_MAX];
  full_path(AT_FDCWD, given, path);
  return is_under(path) && fails("list") ? NULL : real(given);
}

/* ---- files: closing */

int close(int fd) {
  const int failed = is_known(fd) && fails("close");
  const int error = errno;
  forget(fd);
  const int result = (int)syscall(SYS_close, fd);
  if (!failed) return result;
  errno = error;
  return -1;
}

int fclose(FILE* stream) {
  REAL(int, "fclose", FILE*);
  const int fd = fileno(stream);
  const int failed = is_known(fd) && fails("close");
  const int error = errno;
  forget(fd);
  const int result = real(stream);
  if (!failed) return result;
  errno = error;
  return EOF;
}

/* ---- files: writing and reading */

static ssize_t write_at(int fd, const void* bytes, size_t size, off_t offset, int moves) {
  if (!is_known(fd)) return moves ? syscall(SYS_write, fd, bytes, size) : syscall(SYS_pwrite64, fd, bytes, size, offset);
  if (fails("write")) {
    if (!shortens || size < 2) return -1;
    size /= 2;
  }
  begin_change();
  if (moves) offset = place_of_next_write(fd);
  const ssize_t done =
      moves ? syscall(SYS_write, fd, bytes, size) : syscall(SYS_pwrite64, fd, bytes, size, offset);
  const int error = errno;
  if (done > 0) record_bytes(inode_of(fd), (unsigned long)offset, bytes, (size_t)done);
  end_change();
  errno = error;
  return done;
}

ssize_t write(int fd, const void* bytes, size_t size) { return write_at(fd, bytes, size, 0, 1); }
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) { return write_at(fd, bytes, size, offset, 0); }
ssize_t pwrite64(int fd, const void* bytes, size_t size, off_t offset) { return write_at(fd, bytes, size, offset, 0); }

ssize_t writev(int fd, const struct iovec* parts, int count) {
  ssize_t total = 0;
  for (int i = 0; i < count; ++i) {
    if (parts[i].iov_len == 0) continue;
    const ssize_t done = write_at(fd, parts[i].iov_base, parts[i].iov_len, 0, 1);
    if (done < 0) return total > 0 ? total : -1;
    total += done;
    if ((size_t)done < parts[i].iov_len) break;
  }
  return total;
}

static ssize_t read_at(int fd, void* bytes, size_t size, off_t offset, int moves) {
  if (is_known(fd) && fails("read")) {
    if (!shortens || size < 2) return -1;
    size /= 2;
  }
  return moves ? syscall(SYS_read, fd, bytes, size) : syscall(SYS_pread64, fd, bytes, size, offset);
}

ssize_t read(int fd, void* bytes, size_t size) { return read_at(fd, bytes, size, 0, 1); }
ssize_t pread(int fd, void* bytes, size_t size, off_t offset) { return read_at(fd, bytes, size, offset, 0); }
ssize_t pread64(int fd, void* bytes, size_t size, off_t offset) { return read_at(fd, bytes, size, offset, 0); }
ssize_t __read_chk(int fd, void* bytes, size_t size, size_t room) { return size > room ? (abort(), -1) : read(fd, bytes, size); }
ssize_t __pread_chk(int fd, void* bytes, size_t size, off_t offset, size_t room) {
  return size > room ? (abort(), -1) : pread(fd, bytes, size, offset);
}
ssize_t __pread64_chk(int fd, void* bytes, size_t size, off_t offset, size_t room) {
  return size > room ? (abort(), -1) : pread(fd, bytes, size, offset);
}

static int sync_file(int fd, long call) {
  if (is_known(fd) && fails("sync")) return -1;
  begin_change();
  const int result = (int)syscall(call, fd);
  const int error = errno;
  if (result == 0 && is_known(fd)) record_numbers('s', inode_of(fd), 0);
  end_change();
  errno = error;
  return result;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

static int set_size(int fd, off_t size) {
  if (is_known(fd) && fails("truncate")) return -1;
  begin_change();
  const int result = (int)syscall(SYS_ftruncate, fd, size);
  const int error = errno;
  if (result == 0 && is_known(fd)) record_numbers('t', inode_of(fd), (unsigned long)size);
  end_change();
  errno = error;
  return result;
}

int ftruncate(int fd, off_t size) { return set_size(fd, size); }
int ftruncate64(int fd, off_t size) { return set_size(fd, size); }

int fallocate(int fd, int mode, off_t offset, off_t size) {
  if (is_known(fd) && fails("allocate")) return -1;
  return (int)syscall(SYS_fallocate, fd, mode, offset, size);
}
int fallocate64(int fd, int mode, off_t offset, off_t size) { return fallocate(fd, mode, offset, size); }

int posix_fallocate(int fd, off_t offset, off_t size) {
  if (is_known(fd) && fails("allocate")) return errno;
  return syscall(SYS_fallocate, fd, 0, offset, size) == 0 ? 0 : errno;
}
int posix_fallocate64(int fd, off_t offset, off_t size) { return posix_fallocate(fd, offset, size); }

void* mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset) {
  if (fd >= 0 && is_known(fd) && fails("map")) return MAP_FAILED;
  return (void*)syscall(SYS_mmap, address, size, protection, flags, fd, offset);
}
void* mmap64(void* address, size_t size, int protection, int flags, int fd, off_t offset) {
  return mmap(address, size, protection, flags, fd, offset);
}

/* ---- names */

static int change_name(const char* call, char operation, const char* given, long (*change)(const char*)) {
  char path[PATH_MAX];
  full_path(AT_FDCWD, given, path);
  if (is_under(path) && fails(call)) return -1;
  begin_change();
  const int result = (int)change(given);
  const int error = errno;
  if (result == 0 && is_under(path)) record_path(operation, operation == 'd' ? inode_at(path) : 0, path);
  end_change();
  errno = error;
  return result;
}

static mode_t mode_of_mkdir;
static long unlink_now(const char* path) { return syscall(SYS_unlinkat, AT_FDCWD, path, 0); }
static long rmdir_now(const char* path) { return syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR); }
static long mkdir_now(const char* path) { return syscall(SYS_mkdirat, AT_FDCWD, path, mode_of_mkdir); }

int unlink(const char* path) { return change_name("unlink", 'u', path, unlink_now); }
int rmdir(const char* path) { return change_name("unlink", 'u', path, rmdir_now); }
int mkdir(const char* path, mode_t mode) {
  mode_of_mkdir = mode;
  return change_name("mkdir", 'd', path, mkdir_now);
}

int remove(const char* path) {
  struct stat status;
  if (lstat(path, &status) != 0) return -1;
  return S_ISDIR(status.st_mode) ? rmdir(path) : unlink(path);
}

int unlinkat(int at, const char* given, int flags) {
  char path[PATH_MAX];
  full_path(at, given, path);
  return flags & AT_REMOVEDIR ? rmdir(path) : unlink(path);
}

int mkdirat(int at, const char* given, mode_t mode) {
  char path[PATH_MAX];
  full_path(at, given, path);
  return mkdir(path, mode);
}

int renameat2(int from_at, const char* from_given, int to_at, const char* to_given, unsigned flags) {
  char from[PATH_MAX], to[PATH_MAX];
  full_path(from_at, from_given, from);
  full_path(to_at, to_given, to);
  if (is_under(to) && fails("rename")) return -1;
  begin_change();
  const int result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
  const int error = errno;
  if (result == 0 && is_under(to)) record_rename(from, to);
  end_change();
  errno = error;
  return result;
}
int renameat(int from_at, const char* from, int to_at, const char* to) { return renameat2(from_at, from, to_at, to, 0); }
int rename(const char* from, const char* to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

/* ---- locks */

int flock(int fd, int operation) {
  if (is_known(fd) && fails("lock")) return -1;
  return (int)syscall(SYS_flock, fd, operation);
}

#define FCNTL(name)                                                                               \
  int name(int fd, int command, ...) {                                                            \
    va_list rest;                                                                                 \
    va_start(rest, command);                                                                      \
    void* argument = va_arg(rest, void*);                                                         \
    va_end(rest);                                                                                 \
    const int locks = command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK ||      \
                      command == F_OFD_SETLKW;                                                    \
    if (locks && is_known(fd) && fails("lock")) return -1;                                        \
    return (int)syscall(SYS_fcntl, fd, command, argument);                                        \
  }
FCNTL(fcntl) FCNTL(fcntl64)

/* ---- threads and memory */

int pthread_create(pthread_t* thread, const pthread_attr_t* how, void* (*work)(void*), void* argument) {
  REAL(int, "pthread_create", pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  return fails("thread") ? EAGAIN : real(thread, how, work, argument);
}

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void*, size_t),
    *__libc_memalign(size_t, size_t);
/* Large ones are counted once more, so that few tries meet all of them. */
static int no_memory(size_t size) {
  const int large = size >= 4096 && fails("large");
  return fails("memory") || large;
}
void* malloc(size_t size) { return no_memory(size) ? NULL : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return no_memory(count * size) ? NULL : __libc_calloc(count, size); }
void* realloc(void* old, size_t size) { return size > 0 && no_memory(size) ? NULL : __libc_realloc(old, size); }
void* memalign(size_t alignment, size_t size) { return no_memory(size) ? NULL : __libc_memalign(alignment, size); }
void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void** result, size_t alignment, size_t size) {
  void* memory = memalign(alignment, size);
  if (memory == NULL) return ENOMEM;
  *result = memory;
  return 0;
}

/* ---- begin and end of main() */

static int (*main_of_program)(int, char**, char**);

static int main_with_faults(int argc, char** argv, char** environment) {
  read_settings();
  atomic_store(&counting, 1);
  return main_of_program(argc, argv, environment);
}

int __libc_start_main(int (*program)(int, char**, char**), int argc, char** argv, void (*init)(void), void (*fini)(void),
                      void (*loader)(void), void* stack) {
  REAL(int, "__libc_start_main", int (*)(int, char**, char**), int, char**, void (*)(void), void (*)(void),
       void (*)(void), void*);
  main_of_program = program;
  return real(main_with_faults, argc, argv, init, fini, loader, stack);
}

__attribute__((destructor)) static void report_count(void) {
  char text[64];
  if (!atomic_load(&counting)) return;
  for (int i = 0; i < NAMES; ++i)
    report(text, snprintf(text, sizeof text, "%s %ld\n", names[i], atomic_load(&calls_of[i])));
}
