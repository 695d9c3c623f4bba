/* The record of changes that power_loss.py reads: one entry after the other, each struct Entry and its two texts.
 * Operations: o a new file, d a new folder, w bytes written, t a new size, s synced, r renamed, u removed. */
#pragma once

struct Entry {
  char operation;
  unsigned long inode, place; /* place: offset or size in bytes */
  unsigned first, second;     /* bytes of the two texts that follow */
} __attribute__((packed));

static pthread_mutex_t one_change = PTHREAD_MUTEX_INITIALIZER;

/* The order of the entries is the order of the changes. */
static void begin_change(void) {
  pthread_mutex_lock(&one_change);
}

static void end_change(void) {
  pthread_mutex_unlock(&one_change);
}

static unsigned long inode_of(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

static unsigned long inode_at(const char* path) {
  struct stat status;
  return lstat(path, &status) == 0 ? status.st_ino : 0;
}

static off_t place_of_next_write(int fd) {
  struct stat status;
  if (syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND) return fstat(fd, &status) == 0 ? status.st_size : 0;
  return (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
}

static void record(char operation, unsigned long inode, unsigned long place, const void* first, size_t first_size,
                   const void* second, size_t second_size) {
  static long fd = -1;
  static int looked;
  if (!looked) {
    looked = 1;
    const char* file = getenv("FAULTS_RECORD");
    if (file != NULL) fd = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  }
  if (fd < 0) return;
  const struct Entry entry = {operation, inode, place, (unsigned)first_size, (unsigned)second_size};
  const struct iovec parts[] = {{(void*)&entry, sizeof entry}, {(void*)first, first_size}, {(void*)second, second_size}};
  syscall(SYS_writev, fd, parts, 3);
}

static void record_path(char operation, unsigned long inode, const char* path) {
  record(operation, inode, 0, path, strlen(path), NULL, 0);
}

static void record_numbers(char operation, unsigned long inode, unsigned long place) {
  record(operation, inode, place, NULL, 0, NULL, 0);
}

static void record_bytes(unsigned long inode, unsigned long place, const void* bytes, size_t size) {
  record('w', inode, place, bytes, size, NULL, 0);
}

static void record_rename(const char* from, const char* to) {
  record('r', inode_at(to), 0, from, strlen(from), to, strlen(to));
}
