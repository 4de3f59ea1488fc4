/*
 * Loaded before libc (LD_PRELOAD), makes every fsync and fdatasync take SLOW_SYNC_US longer, as on an SD card. It sleeps
 * in the thread that asked, and touches nothing else.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void sleep_longer(void) {
  const char *text = getenv("SLOW_SYNC_US");
  if (text != NULL) usleep((useconds_t)atoi(text));
}

int fsync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  sleep_longer();
  return result;
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  sleep_longer();
  return result;
}
