// The pipes benchmark as a plain C program: the bar for the Java loop, on epoll, poll and select.
//
//   pipes THREADS
//
// With THREADS 2 a second thread sleeps meanwhile, as in any JVM there are several. Commands come
// line by line on standard input, and each is answered by one line on standard output:
//
//   run BACKEND PAIRS ACTIVE WRITES WARMUP RUNS BATCH
//   ok BYTES CPU_NANOS WAITS TIME_NANOS...
//   error MESSAGE
//
// BYTES, CPU_NANOS and WAITS are sums over the RUNS timed runs. The terms are those of libevent's
// test/bench.c: PAIRS socket pairs with their read ends registered for ever, ACTIVE of them, evenly
// spaced, get one byte; timed is waiting without blocking and dispatching until as many bytes were
// read as were sent. A callback receives one byte and, while WRITES remain, sends one to the next.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WORD_BITS (8 * sizeof(unsigned long))

struct pair {
  void (*callback)(struct pair *);
  int read_fd;
  int write_fd;
  struct pair *next;
};

static struct pair *pairs;
static int pair_count;

// The state of one run.
static long received, sent, writes_left;

static void on_readable(struct pair *pair) {
  char byte;
  if (recv(pair->read_fd, &byte, 1, 0) == 1) {
    received++;
  }
  if (writes_left > 0) {
    writes_left--;
    if (send(pair->next->write_fd, "e", 1, 0) == 1) {
      sent++;
    }
  }
}

struct backend {
  const char *name;
  int (*open)(int batch);
  int (*turn)(void);  // one wait with timeout 0, and the callbacks
  void (*close)(void);
};

// epoll
static int epfd = -1, epoll_batch;
static struct epoll_event *epoll_events;

static int epoll_open(int batch) {
  epoll_batch = batch;
  epoll_events = calloc((size_t)batch, sizeof *epoll_events);
  epfd = epoll_create1(EPOLL_CLOEXEC);
  if (epfd < 0 || !epoll_events) return -1;
  for (int i = 0; i < pair_count; i++) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = &pairs[i]};
    if (epoll_ctl(epfd, EPOLL_CTL_ADD, pairs[i].read_fd, &event) < 0) return -1;
  }
  return 0;
}

static int epoll_turn(void) {
  int ready = epoll_wait(epfd, epoll_events, epoll_batch, 0);
  for (int i = 0; i < ready; i++) {
    struct pair *pair = epoll_events[i].data.ptr;
    pair->callback(pair);
  }
  return ready;
}

static void epoll_close(void) {
  if (epfd >= 0) close(epfd);
  epfd = -1;
  free(epoll_events);
  epoll_events = NULL;
}

// poll
static struct pollfd *pollfds;

static int poll_open(int batch) {
  (void)batch;
  pollfds = calloc((size_t)pair_count, sizeof *pollfds);
  if (!pollfds) return -1;
  for (int i = 0; i < pair_count; i++) {
    pollfds[i] = (struct pollfd){.fd = pairs[i].read_fd, .events = POLLIN | POLLRDHUP};
  }
  return 0;
}

static int poll_turn(void) {
  int ready = poll(pollfds, (nfds_t)pair_count, 0);
  for (int i = 0, left = ready; left > 0; i++) {
    if (pollfds[i].revents) {
      left--;
      pairs[i].callback(&pairs[i]);
    }
  }
  return ready;
}

static void poll_close(void) {
  free(pollfds);
  pollfds = NULL;
}

// select, with sets of any size: FD_SETSIZE binds only the C library's type
static unsigned long *watched, *found;
static struct pair **by_fd;
static int fd_count;
static size_t set_bytes;

static int select_open(int batch) {
  (void)batch;
  fd_count = 0;
  for (int i = 0; i < pair_count; i++) {
    if (pairs[i].read_fd >= fd_count) fd_count = pairs[i].read_fd + 1;
  }
  size_t words = ((size_t)fd_count + WORD_BITS - 1) / WORD_BITS;
  set_bytes = words * sizeof(unsigned long);
  watched = calloc(1, set_bytes);
  found = calloc(1, set_bytes);
  by_fd = calloc((size_t)fd_count, sizeof *by_fd);
  if (!watched || !found || !by_fd) return -1;
  for (int i = 0; i < pair_count; i++) {
    size_t fd = (size_t)pairs[i].read_fd;
    watched[fd / WORD_BITS] |= 1UL << (fd % WORD_BITS);
    by_fd[fd] = &pairs[i];
  }
  return 0;
}

static int select_turn(void) {
  memcpy(found, watched, set_bytes);
  struct timeval zero = {0, 0};
  int ready = select(fd_count, (fd_set *)found, NULL, NULL, &zero);
  for (size_t word = 0, left = ready > 0 ? (size_t)ready : 0; left > 0; word++) {
    for (unsigned long bits = found[word]; bits; bits &= bits - 1) {
      struct pair *pair = by_fd[word * WORD_BITS + (size_t)__builtin_ctzl(bits)];
      left--;
      pair->callback(pair);
    }
  }
  return ready;
}

static void select_close(void) {
  free(watched);
  free(found);
  free(by_fd);
  watched = found = NULL;
  by_fd = NULL;
}

static const struct backend BACKENDS[] = {
    {"epoll", epoll_open, epoll_turn, epoll_close},
    {"poll", poll_open, poll_turn, poll_close},
    {"select", select_open, select_turn, select_close},
};

static int64_t nanos(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int open_pairs(int count) {
  pairs = calloc((size_t)count, sizeof *pairs);
  if (!pairs) return -1;
  for (pair_count = 0; pair_count < count; pair_count++) {
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0) return -1;
    pairs[pair_count] = (struct pair){on_readable, fds[0], fds[1], &pairs[pair_count + 1]};
  }
  pairs[count - 1].next = &pairs[0];
  return 0;
}

static void close_pairs(void) {
  for (int i = 0; i < pair_count; i++) {
    close(pairs[i].read_fd);
    close(pairs[i].write_fd);
  }
  pair_count = 0;
  free(pairs);
  pairs = NULL;
}

// Fires the active pairs, untimed, and returns the nanoseconds until all bytes were read; -1 when
// the kernel refused.
static int64_t run_once(const struct backend *backend, int active, int writes, long *waits) {
  int space = pair_count / active;
  received = sent = 0;
  writes_left = writes;
  for (int i = 0; i < active; i++) {
    if (send(pairs[i * space].write_fd, "e", 1, 0) == 1) sent++;
  }
  int64_t start = nanos(CLOCK_MONOTONIC);
  do {
    if (backend->turn() < 0) return -1;
    ++*waits;
  } while (received < sent);
  return nanos(CLOCK_MONOTONIC) - start;
}

static void run(const struct backend *backend, int count, int active, int writes, int warmup,
                int runs, int batch) {
  int64_t *times = calloc((size_t)runs, sizeof *times);
  if (!times || open_pairs(count) < 0 || backend->open(batch) < 0) {
    printf("error %s with %d pairs: %s\n", backend->name, count, strerror(errno));
  } else {
    long bytes = 0, waits = 0;
    int64_t cpu = 0, time = 0;
    for (int i = -warmup; i < runs && time >= 0; i++) {
      if (i == 0) waits = 0;
      int64_t before = nanos(CLOCK_THREAD_CPUTIME_ID);
      time = run_once(backend, active, writes, &waits);
      if (i < 0) continue;
      cpu += nanos(CLOCK_THREAD_CPUTIME_ID) - before;
      bytes += received;
      times[i] = time;
    }
    if (time < 0) {
      printf("error %s failed: %s\n", backend->name, strerror(errno));
    } else {
      printf("ok %ld %lld %ld", bytes, (long long)cpu, waits);
      for (int i = 0; i < runs; i++) printf(" %lld", (long long)times[i]);
      printf("\n");
    }
  }
  backend->close();
  close_pairs();
  free(times);
}

static void *idle(void *unused) {
  (void)unused;
  for (;;) pause();
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 2 || (strcmp(argv[1], "1") && strcmp(argv[1], "2"))) {
    fprintf(stderr, "usage: pipes 1|2\n");
    return 2;
  }
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  pthread_t second;
  if (!strcmp(argv[1], "2") && pthread_create(&second, NULL, idle, NULL)) {
    fprintf(stderr, "pipes: no second thread\n");
    return 1;
  }
  char line[256], name[16];
  int count, active, writes, warmup, runs, batch;
  while (fgets(line, sizeof line, stdin)) {
    const struct backend *backend = NULL;
    if (sscanf(line, "run %15s %d %d %d %d %d %d", name, &count, &active, &writes, &warmup, &runs,
               &batch) == 7) {
      for (size_t i = 0; i < sizeof BACKENDS / sizeof *BACKENDS; i++) {
        if (!strcmp(name, BACKENDS[i].name)) backend = &BACKENDS[i];
      }
    }
    if (!backend || count < 1 || active < 1 || active > count || writes < 0 || warmup < 0 ||
        runs < 1 || batch < 1) {
      printf("error not understood: %s", line);
    } else {
      run(backend, count, active, writes, warmup, runs, batch);
    }
    fflush(stdout);
  }
  return 0;
}
