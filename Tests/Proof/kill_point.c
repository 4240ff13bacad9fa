/* Kills the process at its n-th boundary with the outside world: preloaded into the program.
 *
 *   POINT_KINDS    which calls count: sync (fsync, fdatasync), send (bytes to a peer),
 *                  write (bytes to a file), name (rename, unlink, truncate); comma-separated
 *   POINT_KILL     the number of the call at which SIGKILL is raised, from 1; 0 for never
 *   POINT_AFTER    1: after the call took effect instead of before it
 *   POINT_COUNT    a file that gets the number of calls counted, when the process ends by itself
 *   POINT_DURABLE  a folder that gets, at each sync, the file as the disk then holds it:
 *                  what a power loss would leave
 *
 * Only regular files and sockets count: pipes to a terminal or a test are nobody's state.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SYNC = 1, SEND = 2, WRITE = 4, NAME = 8 };

static atomic_long calls;
static long kill_at;
static int kinds, is_after;
static const char *count_file, *durable;

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("POINT_KINDS");
  if (!text) return;
  if (strstr(text, "sync")) kinds |= SYNC;
  if (strstr(text, "send")) kinds |= SEND;
  if (strstr(text, "write")) kinds |= WRITE;
  if (strstr(text, "name")) kinds |= NAME;
  kill_at = getenv("POINT_KILL") ? atol(getenv("POINT_KILL")) : 0;
  is_after = getenv("POINT_AFTER") && atoi(getenv("POINT_AFTER"));
  count_file = getenv("POINT_COUNT");
  durable = getenv("POINT_DURABLE");
}

__attribute__((destructor)) static void end(void) {
  if (!count_file) return;
  char text[32];
  int length = snprintf(text, sizeof text, "%ld", atomic_load(&calls));
  int file = (int)syscall(SYS_openat, AT_FDCWD, count_file, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (file < 0) return;
  syscall(SYS_write, file, text, (size_t)length);
  syscall(SYS_close, file);
}

/* The program ends by `_exit`, which runs no destructors. */
__attribute__((noreturn)) void _exit(int status) {
  end();
  syscall(SYS_exit_group, status);
  for (;;) pause();
}

static void die(void) {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  for (;;) pause();
}

/* Before a call: its number, or 0 where it does not count. */
static long enter(int kind) {
  if (!(kinds & kind)) return 0;
  long number = atomic_fetch_add(&calls, 1) + 1;
  if (number == kill_at && !is_after) die();
  return number;
}

static void leave(long number) {
  if (number && number == kill_at && is_after) die();
}

static int is_file(int descriptor) {
  struct stat facts;
  return kinds && fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
}

static int is_peer(int descriptor) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (!kinds || getpeername(descriptor, (struct sockaddr *)&address, &length) != 0) return 0;
  return address.ss_family == AF_INET || address.ss_family == AF_INET6;
}

/* Keeps what the disk holds of a file now; written aside first, so that it is never half there. */
static void keep(int descriptor) {
  char link[64], path[PATH_MAX], target[PATH_MAX + 64], aside[PATH_MAX + 72];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = 0;
  const char *name = strrchr(path, '/');
  if (!name) return;
  snprintf(target, sizeof target, "%s/%s", durable, name + 1);
  snprintf(aside, sizeof aside, "%s.aside", target);
  int from = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
  int to = (int)syscall(SYS_openat, AT_FDCWD, aside, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (from >= 0 && to >= 0) {
    char part[65536];
    long count;
    while ((count = syscall(SYS_read, from, part, sizeof part)) > 0)
      syscall(SYS_write, to, part, (size_t)count);
    syscall(SYS_rename, aside, target);
  }
  if (from >= 0) syscall(SYS_close, from);
  if (to >= 0) syscall(SYS_close, to);
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define WRAPPED(kind, is, call) \
  if (!(is)) return call; \
  long number = enter(kind); \
  __typeof__(call) result = call; \
  leave(number); \
  return result

int fsync(int descriptor) {
  REAL(fsync);
  long number = enter(SYNC);
  int result = real(descriptor);
  if (durable && is_file(descriptor)) keep(descriptor);
  leave(number);
  return result;
}

int fdatasync(int descriptor) {
  REAL(fdatasync);
  long number = enter(SYNC);
  int result = real(descriptor);
  if (durable && is_file(descriptor)) keep(descriptor);
  leave(number);
  return result;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  REAL(write);
  WRAPPED(WRITE, is_file(descriptor), real(descriptor, bytes, count));
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  REAL(pwrite);
  WRAPPED(WRITE, is_file(descriptor), real(descriptor, bytes, count, offset));
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  REAL(pwrite64);
  WRAPPED(WRITE, is_file(descriptor), real(descriptor, bytes, count, offset));
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  REAL(writev);
  WRAPPED(WRITE, is_file(descriptor), real(descriptor, parts, count));
}

ssize_t send(int descriptor, const void *bytes, size_t count, int flags) {
  REAL(send);
  WRAPPED(SEND, is_peer(descriptor), real(descriptor, bytes, count, flags));
}

ssize_t sendto(
    int descriptor, const void *bytes, size_t count, int flags, const struct sockaddr *to,
    socklen_t length) {
  REAL(sendto);
  WRAPPED(SEND, is_peer(descriptor), real(descriptor, bytes, count, flags, to, length));
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
  REAL(sendmsg);
  WRAPPED(SEND, is_peer(descriptor), real(descriptor, message, flags));
}

/* What a request was answered: counted with what was sent, so that the moment between the two
 * is a point too. */
ssize_t recv(int descriptor, void *bytes, size_t count, int flags) {
  REAL(recv);
  if (!is_peer(descriptor)) return real(descriptor, bytes, count, flags);
  ssize_t result = real(descriptor, bytes, count, flags);
  if (result > 0) {
    long number = enter(SEND);
    leave(number);
  }
  return result;
}

int rename(const char *from, const char *to) {
  REAL(rename);
  WRAPPED(NAME, 1, real(from, to));
}

int unlink(const char *path) {
  REAL(unlink);
  WRAPPED(NAME, 1, real(path));
}

int ftruncate(int descriptor, off_t length) {
  REAL(ftruncate);
  WRAPPED(NAME, is_file(descriptor), real(descriptor, length));
}

int ftruncate64(int descriptor, off64_t length) {
  REAL(ftruncate64);
  WRAPPED(NAME, is_file(descriptor), real(descriptor, length));
}
