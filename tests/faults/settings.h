/* Which call fails, and the files that are known: those opened under the folder. */
#pragma once

enum { MOST_FILES = 1024 };
static char folder[PATH_MAX];
static char path_of[MOST_FILES][PATH_MAX]; /* of each descriptor; empty: not known */
static const char *chosen_calls, *report_file;
static long fails_at;
static int error_number, from_then_on, shortens, kills;
static atomic_int counting;
static atomic_long calls; /* of those that are chosen */
static const char* const names[] = {"open", "write", "sync", "rename", "unlink", "mkdir", "truncate", "allocate", "close",
                                    "read", "map", "lock", "list", "thread", "memory", "large"};
enum { NAMES = sizeof names / sizeof *names };
static atomic_long calls_of[NAMES];

static void read_settings(void) {
  const char* text = getenv("FAULTS_UNDER");
  if (text != NULL) strncpy(folder, text, sizeof folder - 1);
  chosen_calls = getenv("FAULTS_CALLS");
  report_file = getenv("FAULTS_REPORT");
  text = getenv("FAULTS_AT");
  fails_at = text != NULL ? atol(text) : 0;
  text = getenv("FAULTS_ERRNO");
  error_number = text != NULL ? atoi(text) : EIO;
  text = getenv("FAULTS_HOW");
  from_then_on = text != NULL && strcmp(text, "on") == 0;
  shortens = text != NULL && strcmp(text, "short") == 0;
  kills = text != NULL && strcmp(text, "kill") == 0;
  unsetenv("LD_PRELOAD");
}

static void report(const char* text, int length) {
  if (report_file == NULL) return;
  const long fd = syscall(SYS_openat, AT_FDCWD, report_file, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (fd < 0) return;
  syscall(SYS_write, fd, text, length);
  syscall(SYS_close, fd);
}

static int is_chosen(const char* call) {
  if (chosen_calls == NULL) return 0;
  const size_t length = strlen(call);
  for (const char* at = chosen_calls; (at = strstr(at, call)) != NULL; at += length)
    if ((at == chosen_calls || at[-1] == ',') && (at[length] == 0 || at[length] == ',')) return 1;
  return 0;
}

/* Counts a call; true, with errno set, if it is to fail. */
static int fails(const char* call) {
  if (!atomic_load(&counting)) return 0;
  for (int i = 0; i < NAMES; ++i)
    if (strcmp(names[i], call) == 0) atomic_fetch_add(&calls_of[i], 1);
  if (!is_chosen(call)) return 0;
  const long number = atomic_fetch_add(&calls, 1) + 1;
  if (fails_at <= 0 || number < fails_at || (number > fails_at && !from_then_on)) return 0;
  if (kills) syscall(SYS_kill, getpid(), SIGKILL);
  errno = error_number;
  return 1;
}

static int is_under(const char* path) {
  const size_t length = strlen(folder);
  return atomic_load(&counting) && length > 0 && strncmp(path, folder, length) == 0 &&
         (path[length] == 0 || path[length] == '/');
}

static int is_known(int fd) {
  return fd >= 0 && fd < MOST_FILES && path_of[fd][0] != 0;
}

static void forget(int fd) {
  if (fd >= 0 && fd < MOST_FILES) path_of[fd][0] = 0;
}

/* The path that `given` means, seen from the folder open as `at`. */
static void full_path(int at, const char* given, char* path) {
  path[0] = 0;
  if (given[0] == '/' || !atomic_load(&counting)) {
    strncat(path, given, PATH_MAX - 1);
    return;
  }
  if (at != AT_FDCWD && is_known(at)) {
    strncat(path, path_of[at], PATH_MAX - 1);
  } else if (syscall(SYS_getcwd, path, PATH_MAX) < 0) {
    return;
  }
  strncat(path, "/", PATH_MAX - strlen(path) - 1);
  strncat(path, given, PATH_MAX - strlen(path) - 1);
}
