// What a system call costs in C: the bar for the same calls from Java.
//
//   seam THREADS
//
// With THREADS 2 a second thread sleeps meanwhile, as in any JVM there are several: the kernel then
// counts references to descriptors, and the C library's cancellation points do more. Commands come
// line by line on standard input, and each is answered by one line on standard output:
//
//   run OPERATION MILLIS          OPERATION: epoll_wait, eventfd_read, eventfd_write
//   ok NANOS_PER_CALL...          ten measurements, each a tenth of MILLIS long
//   error MESSAGE
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define MEASUREMENTS 10
#define CHUNK 1000

static int epfd, counter, source;
static struct epoll_event events[16];
static volatile long failures;

static void wait_chunk(void) {
  for (int i = 0; i < CHUNK; i++) {
    if (epoll_wait(epfd, events, 16, 0) != 0) failures++;
  }
}

static void read_chunk(void) {
  uint64_t value;
  for (int i = 0; i < CHUNK; i++) {
    if (read(source, &value, sizeof value) != sizeof value) failures++;
  }
}

static void write_chunk(void) {
  uint64_t value = 1;
  for (int i = 0; i < CHUNK; i++) {
    if (write(counter, &value, sizeof value) != sizeof value) failures++;
  }
}

static int64_t nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static double measure(void (*chunk)(void), int64_t duration) {
  int64_t start = nanos(), now = start;
  long calls = 0;
  while (now - start < duration) {
    chunk();
    calls += CHUNK;
    now = nanos();
  }
  return (double)(now - start) / (double)calls;
}

static void *idle(void *unused) {
  (void)unused;
  for (;;) pause();
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 2 || (strcmp(argv[1], "1") && strcmp(argv[1], "2"))) {
    fprintf(stderr, "usage: seam 1|2\n");
    return 2;
  }
  epfd = epoll_create1(EPOLL_CLOEXEC);
  counter = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  // Each read takes 1 from a supply that outlasts any benchmark.
  source = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC | EFD_SEMAPHORE);
  uint64_t supply = UINT64_C(1) << 62;
  if (epfd < 0 || counter < 0 || source < 0 || write(source, &supply, sizeof supply) < 0) {
    perror("seam");
    return 1;
  }
  pthread_t second;
  if (!strcmp(argv[1], "2") && pthread_create(&second, NULL, idle, NULL)) {
    fprintf(stderr, "seam: no second thread\n");
    return 1;
  }
  char line[256], name[32];
  int millis;
  while (fgets(line, sizeof line, stdin)) {
    void (*chunk)(void) = NULL;
    if (sscanf(line, "run %31s %d", name, &millis) == 2) {
      if (!strcmp(name, "epoll_wait")) chunk = wait_chunk;
      if (!strcmp(name, "eventfd_read")) chunk = read_chunk;
      if (!strcmp(name, "eventfd_write")) chunk = write_chunk;
    }
    if (!chunk || millis < 1) {
      printf("error not understood: %s", line);
    } else {
      int64_t each = (int64_t)millis * 1000000 / MEASUREMENTS;
      failures = 0;
      measure(chunk, each);  // warm-up
      double costs[MEASUREMENTS];
      for (int i = 0; i < MEASUREMENTS; i++) costs[i] = measure(chunk, each);
      if (failures) {
        printf("error %s failed %ld times\n", name, failures);
      } else {
        printf("ok");
        for (int i = 0; i < MEASUREMENTS; i++) printf(" %.2f", costs[i]);
        printf("\n");
      }
    }
    fflush(stdout);
  }
  return 0;
}
