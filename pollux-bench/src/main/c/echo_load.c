/*
 * The load of the echo benchmark: one thread, epoll, non-blocking.
 *
 * Argument: "spin" never sleeps, for a processor of its own; "block" sleeps until something is due.
 * Each line of standard input is a command, each answer is a line, "ok ..." or "error ...":
 *
 *   connect PORT CONNECTIONS SIZE IDLE   opens; each connection echoes a greeting before it counts
 *   run PID DEPTH RATE WARMUP WINDOW     loads the active connections for so many milliseconds
 *   churn PID PORT SLOTS SIZE RATE WARMUP WINDOW    connect, echo, close, again and again
 *   open PORT CONNECTIONS                opens idle ones, of which the server hears nothing
 *   greet                                each connection that is open echoes a greeting
 *   disconnect                           closes all
 *
 * RATE 0 is a closed loop: DEPTH messages of SIZE bytes are in flight on each connection. Any other
 * RATE is an open loop of so many messages a second, DEPTH at a time on one connection after the
 * other. Its latencies count from the time at which each message was due, sent or not: a server
 * that stalls does not hide the messages it kept from being sent. The answer to run and churn:
 *
 *   ok MESSAGES NANOS SERVER_CPU LOAD_CPU TOTAL P50 P99 P999 MAX RECORDED
 *
 * MESSAGES, NANOS and the processor times (user + system, of process PID and of this one) are those
 * of the window, TOTAL counts from the first message of the warm-up to the last answer. Latencies
 * are nanoseconds, of the messages due in the window.
 *
 * Every byte of an answer is checked: the stream of a connection is a window on one random pattern,
 * which starts at another place for each connection.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "histogram.h"

#define PERIOD 65521         /* of the pattern; a prime, so that no message size divides it */
#define CHUNK (256 * 1024)   /* the most that one call sends or receives */
#define GREETING 64
#define GREETED_AT_ONCE 128
#define SOURCES 200          /* source addresses, 127.0.0.2 on: ports enough for closed ones */
#define BATCH 512
#define PATIENCE 20000000000 /* 20 s without an answer is an error */

struct connection {
  int fd;
  bool writing;      /* watched for writing, too */
  bool ended;        /* churn: shut down, waits for the end of the stream */
  uint64_t shift;    /* where its stream starts in the pattern */
  uint64_t sent;     /* bytes, ever */
  uint64_t target;   /* bytes that may have been sent */
  uint64_t received; /* bytes, ever */
  uint64_t base;     /* of received, when the run began */
  uint64_t due;      /* churn: when it was to begin */
};

struct mark {
  uint64_t nanos, server, self, messages;
};

static char pattern[PERIOD + CHUNK];
static char buffer[CHUNK];
static struct connection *connections;
static struct epoll_event events[BATCH];
static size_t active, opened;
static uint64_t size;
static int ep;
static bool spin;
static clockid_t server_clock;

/* The run at hand. */
static uint64_t rate, depth, start, begin, end, messages, issued, open_count;
static enum { WARMUP, WINDOW, DRAIN } phase;
static struct mark from, to;

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("error ");
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
  exit(1);
}

static uint64_t read_clock(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t) < 0) {
    fail("the clock of the server: %s", strerror(errno));
  }
  return (uint64_t) t.tv_sec * 1000000000 + (uint64_t) t.tv_nsec;
}

static uint64_t now(void) {
  return read_clock(CLOCK_MONOTONIC);
}

static struct mark take_mark(uint64_t t) {
  struct mark m = {t, read_clock(server_clock), read_clock(CLOCK_PROCESS_CPUTIME_ID), messages};
  return m;
}

static void latency_of(uint64_t due, uint64_t t) {
  if (due >= begin && due < end) {
    record(t > due ? t - due : 0);
  }
}

/* When burst number i of the run is due. */
static uint64_t due_at(uint64_t i) {
  return start + (uint64_t) ((double) (i * depth) * 1e9 / (double) rate);
}

/* The last moment up to now at which something was due: all of the window is sent, late or not. */
static uint64_t due_limit(uint64_t t) {
  return t < end ? t : end - 1;
}

static void watch(struct connection *c, int operation, bool writing) {
  struct epoll_event event = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.ptr = c};
  c->writing = writing;
  if (epoll_ctl(ep, operation, c->fd, &event) < 0) {
    fail("epoll_ctl: %s", strerror(errno));
  }
}

/* Sends what may be sent, as far as the socket takes it. */
static void flush(struct connection *c) {
  while (c->sent < c->target) {
    uint64_t count = c->target - c->sent;
    const char *bytes = pattern + (c->shift + c->sent) % PERIOD;
    ssize_t taken = send(c->fd, bytes, count < CHUNK ? count : CHUNK, MSG_NOSIGNAL);
    if (taken < 0) {
      if (errno == EINTR) {
        continue;
      }
      if (errno != EAGAIN && errno != ENOTCONN) {
        fail("send on connection %ld: %s", (long) (c - connections), strerror(errno));
      }
      break;
    }
    c->sent += (uint64_t) taken;
  }
  bool writing = c->sent < c->target;
  if (writing != c->writing) {
    watch(c, EPOLL_CTL_MOD, writing);
  }
}

/* Receives once and checks the bytes; false at the end of the stream. */
static bool receive(struct connection *c) {
  ssize_t count = recv(c->fd, buffer, CHUNK, 0);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) {
      return true;
    }
    fail("recv on connection %ld: %s", (long) (c - connections), strerror(errno));
  }
  if (count == 0) {
    return false;
  }
  if (c->received + (uint64_t) count > c->sent) {
    fail("connection %ld: %ld bytes too many", (long) (c - connections),
         (long) (c->received + (uint64_t) count - c->sent));
  }
  if (memcmp(buffer, pattern + (c->shift + c->received) % PERIOD, (size_t) count) != 0) {
    fail("connection %ld: wrong bytes from byte %ld of its stream on", (long) (c - connections),
         (long) c->received);
  }
  c->received += (uint64_t) count;
  return true;
}

static void echoed(struct connection *c) {
  uint64_t before = (c->received - c->base) / size;
  if (!receive(c)) {
    fail("connection %ld: closed by the server", (long) (c - connections));
  }
  uint64_t after = (c->received - c->base) / size;
  if (after == before) {
    return;
  }
  messages += after - before;
  if (rate > 0) {
    uint64_t t = now();
    for (uint64_t i = before; i < after; i++) {
      latency_of(due_at((uint64_t) (c - connections) + i / depth * active), t);
    }
  } else if (phase != DRAIN) {
    c->target = c->base + (after + depth) * size;
    flush(c);
  }
}

static struct sockaddr_in loopback(uint32_t host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t) port)};
  address.sin_addr.s_addr = htonl(host);
  return address;
}

/* Starts or makes a connection; blocking unless the flag says otherwise. */
static void open_connection(struct connection *c, int port, uint64_t number, int flag) {
  int one = 1;
  memset(c, 0, sizeof *c);
  c->shift = number * 977 % PERIOD;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flag, 0);
  struct sockaddr_in source = loopback(INADDR_LOOPBACK + 1 + (uint32_t) (number % SOURCES), 0);
  struct sockaddr_in target = loopback(INADDR_LOOPBACK, port);
  if (c->fd < 0 || setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0
      || setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one) < 0
      || bind(c->fd, (struct sockaddr *) &source, sizeof source) < 0
      || (connect(c->fd, (struct sockaddr *) &target, sizeof target) < 0
          && errno != EINPROGRESS)) {
    fail("connection %lu: %s", (unsigned long) number, strerror(errno));
  }
}

/* Lets connections that block echo some bytes. */
static void greet(struct connection *first, struct connection *last) {
  struct timeval patience = {.tv_sec = PATIENCE / 1000000000};
  for (struct connection *c = first; c < last; c++) {
    const char *bytes = pattern + (c->shift + c->sent) % PERIOD;
    c->target += GREETING;
    if (send(c->fd, bytes, GREETING, MSG_NOSIGNAL) != GREETING
        || setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0) {
      fail("greeting: %s", strerror(errno));
    }
    c->sent += GREETING;
  }
  for (struct connection *c = first; c < last; c++) {
    while (c->received < c->target) {
      uint64_t before = c->received;
      if (!receive(c) || c->received == before) {
        fail("connection %ld: no answer to the greeting", (long) (c - connections));
      }
    }
  }
}

/* From now on they do not block, and are watched. */
static void begin_watching(struct connection *first, struct connection *last) {
  for (struct connection *c = first; c < last; c++) {
    if (fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0) {
      fail("fcntl: %s", strerror(errno));
    }
    watch(c, EPOLL_CTL_ADD, false);
  }
}

static void disconnect(void) {
  for (size_t i = 0; i < opened; i++) {
    close(connections[i].fd);
  }
  free(connections);
  connections = NULL;
  opened = active = 0;
}

static void allocate(size_t count) {
  disconnect();
  connections = calloc(count, sizeof *connections);
  if (connections == NULL) {
    fail("calloc: %s", strerror(errno));
  }
}

static void connect_all(int port, size_t count, size_t idle) {
  allocate(count + idle);
  for (size_t i = 0; i < count + idle; i++) {
    open_connection(connections + i, port, i, 0);
    opened++;
    if (opened % GREETED_AT_ONCE == 0 || opened == count + idle) {
      size_t greeted = (opened - 1) / GREETED_AT_ONCE * GREETED_AT_ONCE;
      greet(connections + greeted, connections + opened);
      begin_watching(connections + greeted, connections + opened);
    }
  }
  active = count;
  printf("ok\n");
}

/* A server accepts in the order of connecting: the last of some echoes, so all are accepted. */
static void open_idle(int port, size_t count) {
  allocate(count);
  for (size_t i = 0; i < count; i++) {
    open_connection(connections + i, port, i, 0);
    opened++;
    if (opened % GREETED_AT_ONCE == 0 || opened == count) {
      greet(connections + i, connections + opened);
    }
  }
  printf("ok\n");
}

static void greet_all(void) {
  for (size_t i = 0; i < opened; i++) {
    greet(connections + i, connections + i + 1);
  }
  printf("ok\n");
}

/* Waits for events, in block mode at most until the time given. */
static int await(uint64_t until) {
  struct timespec timeout = {0, 0};
  uint64_t t = spin ? until : now();
  if (t < until) {
    timeout.tv_sec = (time_t) ((until - t) / 1000000000);
    timeout.tv_nsec = (long) ((until - t) % 1000000000);
  }
  int count = spin ? epoll_wait(ep, events, BATCH, 0)
                   : (int) syscall(SYS_epoll_pwait2, ep, events, BATCH, &timeout, NULL, 0);
  if (count < 0 && errno != EINTR) {
    fail("epoll_wait: %s", strerror(errno));
  }
  return count;
}

/* Goes from phase to phase; returns when the next change is due. */
static uint64_t advance(uint64_t t) {
  if (phase == WARMUP && t >= begin) {
    phase = WINDOW;
    from = take_mark(t);
  }
  if (phase == WINDOW && t >= end) {
    phase = DRAIN;
    to = take_mark(t);
  }
  return phase == WARMUP ? begin : phase == WINDOW ? end : end + PATIENCE;
}

static void prepare(int pid, uint64_t warmup, uint64_t window) {
  if (depth < 1 || size < 1 || warmup + window < 1) {
    fail("depth, size and time are at least 1");
  }
  if (clock_getcpuclockid(pid, &server_clock) != 0) {
    fail("there is no process %d", pid);
  }
  memset(histogram, 0, sizeof histogram);
  recorded = maximum = messages = issued = open_count = 0;
  phase = WARMUP;
  start = now();
  begin = start + warmup * 1000000;
  end = begin + window * 1000000;
}

static void answer(void) {
  printf("ok %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu\n", to.messages - from.messages,
         to.nanos - from.nanos, to.server - from.server, to.self - from.self, messages,
         percentile(0.5), percentile(0.99), percentile(0.999), maximum, recorded);
}

static bool all_answered(void) {
  for (size_t i = 0; i < active; i++) {
    if (connections[i].received < connections[i].target) {
      return false;
    }
  }
  return true;
}

/* Gives each connection what is due to it by then; returns when the next burst is. */
static uint64_t issue(uint64_t t) {
  uint64_t next;
  while ((next = due_at(issued)) <= t) {
    struct connection *c = connections + issued++ % active;
    c->target += depth * size;
    flush(c);
  }
  return next;
}

static void run(void) {
  for (size_t i = 0; i < active; i++) {
    connections[i].base = connections[i].received;
  }
  if (rate == 0) {
    for (size_t i = 0; i < active; i++) {
      connections[i].target = connections[i].base + depth * size;
      flush(connections + i);
    }
  }
  for (;;) {
    uint64_t t = now();
    uint64_t until = advance(t);
    if (rate > 0) {
      uint64_t next = issue(due_limit(t));
      until = phase != DRAIN && next < until ? next : until;
    }
    if (phase == DRAIN && all_answered()) {
      break;
    }
    if (t > end + PATIENCE) {
      fail("no answer for %llu s", PATIENCE / 1000000000);
    }
    int count = await(until);
    for (int i = 0; i < count; i++) {
      struct connection *c = events[i].data.ptr;
      if (events[i].events & EPOLLOUT) {
        flush(c);
      }
      if (events[i].events & ~(uint32_t) EPOLLOUT) {
        echoed(c);
      }
    }
  }
  answer();
}

static void begin_churn(struct connection *c, int port, uint64_t due) {
  open_connection(c, port, issued++, SOCK_NONBLOCK);
  c->due = due;
  c->target = size;
  c->writing = true;
  watch(c, EPOLL_CTL_ADD, true);
  open_count++;
}

/* Connect, echo, shut down, wait for the end, close: true when the slot is free again. */
static bool churned(struct connection *c, uint32_t mask) {
  if (mask & EPOLLOUT) {
    flush(c);
  }
  if (!(mask & ~(uint32_t) EPOLLOUT)) {
    return false;
  }
  if (receive(c)) {
    if (c->received == size && !c->ended) {
      c->ended = true;
      shutdown(c->fd, SHUT_WR);
    }
    return false;
  }
  if (!c->ended) {
    fail("a connection was closed after %lu of %lu bytes", c->received, size);
  }
  close(c->fd);
  c->fd = -1;
  open_count--;
  messages++;
  if (rate > 0) {
    latency_of(c->due, now());
  }
  return true;
}

static void churn(int port, size_t slots) {
  allocate(slots);
  struct connection **idle = calloc(slots, sizeof *idle);
  size_t idle_count = 0;
  for (size_t i = 0; i < slots; i++) {
    idle[idle_count++] = connections + i;
  }
  for (;;) {
    uint64_t t = now();
    uint64_t until = advance(t);
    while (idle_count > 0 && (rate == 0 ? phase != DRAIN : due_at(issued) <= due_limit(t))) {
      begin_churn(idle[--idle_count], port, rate == 0 ? t : due_at(issued));
    }
    if (phase == DRAIN && open_count == 0) {
      break;
    }
    if (t > end + PATIENCE) {
      fail("no answer for %llu s", PATIENCE / 1000000000);
    }
    if (phase != DRAIN && rate > 0 && idle_count > 0) {
      uint64_t next = due_at(issued);
      until = next < until ? next : until;
    }
    int count = await(until);
    for (int i = 0; i < count; i++) {
      struct connection *c = events[i].data.ptr;
      if (churned(c, events[i].events)) {
        idle[idle_count++] = c;
      }
    }
  }
  free(idle);
  disconnect();
  answer();
}

static void fill_pattern(void) {
  uint64_t x = 88172645463325252u; /* any seed but 0 */
  for (size_t i = 0; i < sizeof pattern; i++) {
    x ^= x << 13; /* xorshift64 */
    x ^= x >> 7;
    x ^= x << 17;
    pattern[i] = i < PERIOD ? (char) (x >> 32) : pattern[i - PERIOD];
  }
}

int main(int argc, char **argv) {
  char line[256];
  struct rlimit limit;
  spin = argc > 1 && strcmp(argv[1], "spin") == 0;
  prctl(PR_SET_TIMERSLACK, 1);
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  fill_pattern();
  ep = epoll_create1(EPOLL_CLOEXEC);
  while (fgets(line, sizeof line, stdin) != NULL) {
    int port, pid;
    unsigned long count, idle, warmup, window;
    if (sscanf(line, "connect %d %lu %lu %lu", &port, &count, &size, &idle) == 4) {
      connect_all(port, count, idle);
    } else if (sscanf(line, "run %d %lu %lu %lu %lu", &pid, &depth, &rate, &warmup, &window) == 5) {
      prepare(pid, warmup, window);
      run();
    } else if (sscanf(line, "churn %d %d %lu %lu %lu %lu %lu", &pid, &port, &count, &size, &rate,
                      &warmup, &window) == 7) {
      depth = 1;
      prepare(pid, warmup, window);
      churn(port, count);
    } else if (sscanf(line, "open %d %lu", &port, &count) == 2) {
      open_idle(port, count);
    } else if (strcmp(line, "greet\n") == 0) {
      greet_all();
    } else if (strcmp(line, "disconnect\n") == 0) {
      disconnect();
      printf("ok\n");
    } else {
      fail("not understood: %s", strtok(line, "\n"));
    }
  }
  return 0;
}
