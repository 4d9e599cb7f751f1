// A shim that tools/stress/faults puts before the C library (LD_PRELOAD): the n-th call of one kind fails.
//
//   FAULT_KIND    the kind of call: open, stat, lock, read, map, allocate, write, sync, rename, folder, list or start
//   FAULT_NUMBER  which call of the kind fails, from 1; -1 for every second one
//   FAULT_CODE    the errno that it fails with; 0 lets a read or write do half of the bytes instead
//   FAULT_COUNT   a file that gets the number of calls of the kind when the process ends
//
// Calls that the C library makes of its own (its streams, the dynamic linker) do not come by here. What is opened under /proc is left
// alone: libdispatch looks there for its threads, and traps when it may not (src/event/workqueue.c).

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
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

static const char *kind = "";
static long number;
static int code;
static atomic_long calls;

__attribute__((constructor)) static void begin(void) {
  const char *given = getenv("FAULT_KIND");
  if (given) kind = given;
  given = getenv("FAULT_NUMBER");
  number = given ? atol(given) : 0;
  given = getenv("FAULT_CODE");
  code = given ? atoi(given) : 0;
}

static void tell(void) {
  const char *path = getenv("FAULT_COUNT");
  if (!path) return;
  char text[32];
  int length = snprintf(text, sizeof text, "%ld", atomic_load(&calls));
  int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  syscall(SYS_write, file, text, length);
  syscall(SYS_close, file);
}

__attribute__((destructor)) static void end(void) { tell(); }

// A signal handler that ends the process by _exit runs no destructors.
void _exit(int status) {
  tell();
  syscall(SYS_exit_group, status);
  __builtin_unreachable();
}

// Whether this call is the one that fails.
static int fails(const char *of) {
  if (strcmp(of, kind) != 0) return 0;
  long call = atomic_fetch_add(&calls, 1) + 1;
  if (number < 0 ? call % 2 == 0 : call != number) return 0;
  if (code) errno = code;
  return 1;
}

#define REAL(name) ({ static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); real; })

static mode_t mode_of(int flags, va_list list) { return flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, mode_t) : 0; }

static int is_system(const char *path) { return strncmp(path, "/proc/", 6) == 0; }

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list list; \
    va_start(list, flags); \
    mode_t mode = mode_of(flags, list); \
    va_end(list); \
    return !is_system(path) && fails("open") ? -1 : REAL(name)(path, flags, mode); \
  }
#define OPENAT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    va_list list; \
    va_start(list, flags); \
    mode_t mode = mode_of(flags, list); \
    va_end(list); \
    return fails("open") ? -1 : REAL(name)(folder, path, flags, mode); \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

FILE *fopen(const char *path, const char *mode) { return fails("open") ? NULL : REAL(fopen)(path, mode); }
FILE *fopen64(const char *path, const char *mode) { return fails("open") ? NULL : REAL(fopen64)(path, mode); }

#define STAT(name, type) \
  int name(const char *path, struct type *status) { return fails("stat") ? -1 : REAL(name)(path, status); }
#define FSTAT(name, type) \
  int name(int file, struct type *status) { return fails("stat") ? -1 : REAL(name)(file, status); }
#define FSTATAT(name, type) \
  int name(int folder, const char *path, struct type *status, int flags) { \
    return fails("stat") ? -1 : REAL(name)(folder, path, status, flags); \
  }
STAT(stat, stat)
STAT(stat64, stat64)
STAT(lstat, stat)
STAT(lstat64, stat64)
FSTAT(fstat, stat)
FSTAT(fstat64, stat64)
FSTATAT(fstatat, stat)
FSTATAT(fstatat64, stat64)
int statx(int folder, const char *path, int flags, unsigned mask, struct statx *status) {
  return fails("stat") ? -1 : REAL(statx)(folder, path, flags, mask, status);
}
int access(const char *path, int mode) { return fails("stat") ? -1 : REAL(access)(path, mode); }
char *realpath(const char *path, char *resolved) { return fails("stat") ? NULL : REAL(realpath)(path, resolved); }
ssize_t readlink(const char *path, char *text, size_t count) {
  return fails("stat") ? -1 : REAL(readlink)(path, text, count);
}

int flock(int file, int operation) { return fails("lock") ? -1 : REAL(flock)(file, operation); }

// With the code 0 a call does half of what it is asked for.
#define TRANSFER(of, short_call, whole_call) \
  { \
    if (!fails(of)) return whole_call; \
    if (code) return -1; \
    return short_call; \
  }

ssize_t read(int file, void *bytes, size_t count)
TRANSFER("read", REAL(read)(file, bytes, count - count / 2), REAL(read)(file, bytes, count))
ssize_t pread(int file, void *bytes, size_t count, off_t at)
TRANSFER("read", REAL(pread)(file, bytes, count - count / 2, at), REAL(pread)(file, bytes, count, at))
ssize_t pread64(int file, void *bytes, size_t count, off64_t at)
TRANSFER("read", REAL(pread64)(file, bytes, count - count / 2, at), REAL(pread64)(file, bytes, count, at))

// What goes to a terminal, a pipe or a log is not of the files.
static int is_stream(int file) { return file == STDOUT_FILENO || file == STDERR_FILENO; }

ssize_t write(int file, const void *bytes, size_t count) {
  if (is_stream(file)) return REAL(write)(file, bytes, count);
  TRANSFER("write", REAL(write)(file, bytes, count - count / 2), REAL(write)(file, bytes, count))
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at)
TRANSFER("write", REAL(pwrite)(file, bytes, count - count / 2, at), REAL(pwrite)(file, bytes, count, at))
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at)
TRANSFER("write", REAL(pwrite64)(file, bytes, count - count / 2, at), REAL(pwrite64)(file, bytes, count, at))

void *mmap(void *start, size_t count, int protection, int flags, int file, off_t at) {
  return file >= 0 && fails("map") ? MAP_FAILED : REAL(mmap)(start, count, protection, flags, file, at);
}
void *mmap64(void *start, size_t count, int protection, int flags, int file, off64_t at) {
  return file >= 0 && fails("map") ? MAP_FAILED : REAL(mmap64)(start, count, protection, flags, file, at);
}

int posix_fallocate(int file, off_t at, off_t count) {
  return fails("allocate") ? code : REAL(posix_fallocate)(file, at, count);
}
int posix_fallocate64(int file, off64_t at, off64_t count) {
  return fails("allocate") ? code : REAL(posix_fallocate64)(file, at, count);
}
int ftruncate(int file, off_t count) { return fails("allocate") ? -1 : REAL(ftruncate)(file, count); }

int fsync(int file) { return fails("sync") ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return fails("sync") ? -1 : REAL(fdatasync)(file); }

int rename(const char *old, const char *new) { return fails("rename") ? -1 : REAL(rename)(old, new); }
int renameat(int from, const char *old, int to, const char *new) {
  return fails("rename") ? -1 : REAL(renameat)(from, old, to, new);
}
int link(const char *old, const char *new) { return fails("rename") ? -1 : REAL(link)(old, new); }
int unlink(const char *path) { return fails("rename") ? -1 : REAL(unlink)(path); }

int mkdir(const char *path, mode_t mode) { return fails("folder") ? -1 : REAL(mkdir)(path, mode); }
int rmdir(const char *path) { return fails("folder") ? -1 : REAL(rmdir)(path); }

DIR *opendir(const char *path) { return fails("list") ? NULL : REAL(opendir)(path); }
struct dirent *readdir(DIR *folder) { return fails("list") ? NULL : REAL(readdir)(folder); }
struct dirent64 *readdir64(DIR *folder) { return fails("list") ? NULL : REAL(readdir64)(folder); }

int pipe(int ends[2]) { return fails("start") ? -1 : REAL(pipe)(ends); }
int posix_spawn(
    pid_t *id, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
    char *const words[], char *const settings[]) {
  return fails("start") ? code : REAL(posix_spawn)(id, path, actions, attributes, words, settings);
}
