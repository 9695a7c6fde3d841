/*
 * The load of the HTTP benchmark where wrk(1) has none: one thread, epoll, non-blocking.
 *
 *   http_load PORT ACTIVE IDLE REQUESTS MIX SECONDS
 *
 * Opens IDLE connections, of which each is answered one request and is silent from then on; prints
 * "ready" and waits for a line. Then ACTIVE connections have one request in flight each for so many
 * seconds: REQUESTS of them, then the connection is closed and another one opened; 0 never closes.
 * MIX is "get", or "mix" for a GET, a POST with a Content-Length and a chunked POST in turn.
 *
 * At its end it prints "connections COUNT", those that were opened meanwhile, and
 *
 *   result REQUESTS NANOS P50 P99 ERRORS
 *
 * as http_load.lua does; when its input has ended, it ends all connections, and waits until the
 * server has, so that nothing of them is left to do behind it. Latencies are nanoseconds from the
 * sending, those of the first request of a connection from its connecting. Every answer is looked
 * at: its status line, Content-Length and content. What is wrong ends the load, so there are no
 * errors; nor may the server close.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "histogram.h"
#include "load.h"

#define INPUT_SIZE 65536
#define KEPT 1024        /* of an answer that is not whole */
#define OPENED_AT_ONCE 128
#define SOURCES 200      /* source addresses, 127.0.0.2 on: ports enough for closed ones */
#define BATCH 512
#define PATIENCE_MS 20000
#define KINDS 3
#define FIELDS " /baseline11?a=13&b=42 HTTP/1.1\r\nHost: localhost\r\n"

static const struct kind {
  const char *request;
  const char *content; /* of the answer */
} kinds[KINDS] = {
    {"GET" FIELDS "\r\n", "55"},
    {"POST" FIELDS "Content-Length: 2\r\n\r\n20", "75"},
    {"POST" FIELDS "Transfer-Encoding: chunked\r\n\r\n2\r\n20\r\n0\r\n\r\n", "75"},
};

struct connection {
  int fd;
  bool is_idle;
  bool writing; /* watched for writing, too */
  const struct kind *kind;
  size_t sent;       /* bytes of the request */
  uint64_t since;    /* when it was begun */
  uint64_t answered; /* requests */
  size_t size;       /* bytes of an answer that are there */
  char kept[KEPT];
};

static struct connection *connections;
static char input[INPUT_SIZE + 1];
static size_t request_sizes[KINDS];
static int ep, port;
static uint64_t per_connection, connected, requests, waiting, end;
static bool mixed;

static long number_of(const struct connection *c) {
  return (long) (c - connections);
}

static void watch(struct connection *c, int operation, bool writing) {
  struct epoll_event event = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.ptr = c};
  c->writing = writing;
  if (epoll_ctl(ep, operation, c->fd, &event) < 0) {
    fail("epoll_ctl: %s", strerror(errno));
  }
}

/* ---- sending */

static bool send_more(struct connection *c) {
  size_t size = request_sizes[c->kind - kinds];
  while (c->sent < size) {
    ssize_t taken = send(c->fd, c->kind->request + c->sent, size - c->sent, MSG_NOSIGNAL);
    if (taken < 0) {
      if (errno == EINTR) {
        continue;
      }
      if (errno != EAGAIN && errno != ENOTCONN) {
        fail("send on connection %ld: %s", number_of(c), strerror(errno));
      }
      return false;
    }
    c->sent += (size_t) taken;
  }
  return true;
}

static void flush(struct connection *c) {
  bool writing = !send_more(c);
  if (writing != c->writing) {
    watch(c, EPOLL_CTL_MOD, writing);
  }
}

static void next_request(struct connection *c, uint64_t t) {
  uint64_t turn = (uint64_t) number_of(c) + c->answered;
  c->kind = kinds + (mixed ? turn % KINDS : 0);
  c->sent = 0;
  c->since = t;
}

static void open_connection(struct connection *c, bool is_idle, uint64_t t) {
  int one = 1;
  struct sockaddr_in source = loopback(INADDR_LOOPBACK + 1 + (uint32_t) (connected % SOURCES), 0);
  struct sockaddr_in target = loopback(INADDR_LOOPBACK, port);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (c->fd < 0 || setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0
      || setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one) < 0
      || bind(c->fd, (struct sockaddr *) &source, sizeof source) < 0
      || (connect(c->fd, (struct sockaddr *) &target, sizeof target) < 0
          && errno != EINPROGRESS)) {
    fail("connection %ld: %s", number_of(c), strerror(errno));
  }
  connected++;
  c->is_idle = is_idle;
  c->answered = c->size = 0;
  next_request(c, t);
  watch(c, EPOLL_CTL_ADD, !send_more(c));
}

/* ---- answers */

static bool line_is(const char *line, const char *name) {
  return strncasecmp(line, name, strlen(name)) == 0;
}

/* The number behind Content-Length, between the lines of a head. */
static size_t content_length(struct connection *c, const char *head, const char *head_end) {
  const char *value = NULL;
  for (const char *line = head; line < head_end; line = strstr(line, "\r\n") + 2) {
    if (line_is(line, "Content-Length:")) {
      value = line + strlen("Content-Length:");
      break;
    }
  }
  if (value == NULL) {
    fail("connection %ld: an answer without Content-Length", number_of(c));
  }
  while (*value == ' ' || *value == '\t') {
    value++;
  }
  size_t length = 0;
  const char *digit = value;
  for (; isdigit((unsigned char) *digit) && digit - value < 9; digit++) {
    length = 10 * length + (size_t) (*digit - '0');
  }
  if (digit == value || *digit != '\r') {
    fail("connection %ld: a Content-Length that is no number", number_of(c));
  }
  return length;
}

/* Whether the answer is whole that the input has so many bytes of, with a NUL behind them. */
static bool is_answered(struct connection *c, size_t size) {
  static const char status[] = "HTTP/1.1 200";
  const char *head_end = strstr(input, "\r\n\r\n");
  if (head_end == NULL) {
    return false;
  }
  if (strncmp(input, status, sizeof status - 1) != 0 || input[sizeof status - 1] != ' ') {
    fail("connection %ld: answered by %.*s", number_of(c), (int) strcspn(input, "\r\n"), input);
  }
  size_t length = content_length(c, input, head_end + 2);
  const char *content = head_end + 4;
  size_t there = (size_t) (input + size - content);
  if (there < length) {
    return false;
  }
  if (length != strlen(c->kind->content) || memcmp(content, c->kind->content, length) != 0) {
    fail("connection %ld: answered '%.*s' where '%s' is right", number_of(c),
         (int) (length < 64 ? length : 64), content, c->kind->content);
  }
  if (there > length) {
    fail("connection %ld: %lu bytes behind an answer", number_of(c),
         (unsigned long) (there - length));
  }
  return true;
}

/* An answer has come. */
static void answered(struct connection *c) {
  uint64_t t = now();
  c->answered++;
  if (c->is_idle) {
    waiting--;
    return;
  }
  if (t >= end) {
    return;
  }
  requests++;
  record(t - c->since);
  if (c->answered == per_connection) {
    close(c->fd);
    open_connection(c, false, t);
  } else {
    next_request(c, t);
    flush(c);
  }
}

static void readable(struct connection *c) {
  memcpy(input, c->kept, c->size);
  ssize_t count = recv(c->fd, input + c->size, INPUT_SIZE - c->size, 0);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) {
      return;
    }
    fail("recv on connection %ld: %s", number_of(c), strerror(errno));
  }
  if (count == 0) {
    fail("%s %ld: closed by the server behind %lu answers",
         c->is_idle ? "idle connection" : "connection", number_of(c), (unsigned long) c->answered);
  }
  size_t size = c->size + (size_t) count;
  input[size] = 0;
  if (c->is_idle && c->answered > 0) {
    fail("idle connection %ld: bytes that were not asked for", number_of(c));
  }
  if (is_answered(c, size)) {
    c->size = 0;
    answered(c);
  } else if (size > KEPT || strlen(input) < size) {
    fail("connection %ld: no answer in %lu bytes", number_of(c), (unsigned long) size);
  } else {
    memcpy(c->kept, input, size);
    c->size = size;
  }
}

static void turn(int timeout_ms) {
  static struct epoll_event events[BATCH];
  int count = epoll_wait(ep, events, BATCH, timeout_ms);
  if (count < 0 && errno != EINTR) {
    fail("epoll_wait: %s", strerror(errno));
  }
  if (count == 0 && timeout_ms == PATIENCE_MS) {
    fail("no answer for %d s", PATIENCE_MS / 1000);
  }
  for (int i = 0; i < count; i++) {
    struct connection *c = events[i].data.ptr;
    if (events[i].events & EPOLLOUT) {
      flush(c);
    }
    if (events[i].events & ~(uint32_t) EPOLLOUT) {
      readable(c);
    }
  }
}

/* ---- a run */

static void open_idle(size_t from, size_t to) {
  for (size_t i = from; i < to || waiting > 0;) {
    for (; i < to && waiting < OPENED_AT_ONCE; i++) {
      waiting++;
      open_connection(connections + i, true, now());
    }
    turn(PATIENCE_MS);
  }
}

static void run(size_t active, uint64_t seconds) {
  connected = 0;
  uint64_t start = now();
  end = start + seconds * 1000000000;
  for (size_t i = 0; i < active; i++) {
    open_connection(connections + i, false, now());
  }
  uint64_t t;
  while ((t = now()) < end) {
    uint64_t left_ms = (end - t) / 1000000 + 1;
    turn(left_ms < PATIENCE_MS ? (int) left_ms : PATIENCE_MS);
  }
  printf("connections %lu\n", (unsigned long) connected);
  printf("result %lu %lu %lu %lu 0\n", (unsigned long) requests, (unsigned long) (t - start),
         (unsigned long) percentile(0.5), (unsigned long) percentile(0.99));
}

static void end_all(size_t count) {
  uint64_t limit = now() + PATIENCE_MS * 1000000ull;
  for (size_t i = 0; i < count; i++) {
    shutdown(connections[i].fd, SHUT_WR);
  }
  for (size_t i = 0; i < count; i++) {
    struct pollfd watched = {.fd = connections[i].fd, .events = POLLIN};
    for (uint64_t t = now(); t < limit; t = now()) {
      if (poll(&watched, 1, (int) ((limit - t) / 1000000) + 1) == 1
          && recv(watched.fd, input, INPUT_SIZE, 0) <= 0) {
        break; /* ended, or reset */
      }
    }
  }
}

int main(int argc, char **argv) {
  char line[64];
  struct rlimit limit;
  if (argc != 7) {
    fail("usage: http_load PORT ACTIVE IDLE REQUESTS get|mix SECONDS");
  }
  port = atoi(argv[1]);
  size_t active = strtoul(argv[2], NULL, 10);
  size_t idle = strtoul(argv[3], NULL, 10);
  per_connection = strtoul(argv[4], NULL, 10);
  mixed = strcmp(argv[5], "mix") == 0;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (int i = 0; i < KINDS; i++) {
    request_sizes[i] = strlen(kinds[i].request);
  }
  ep = epoll_create1(EPOLL_CLOEXEC);
  connections = calloc(active + idle, sizeof *connections);
  if (ep < 0 || connections == NULL) {
    fail("epoll_create1 or calloc: %s", strerror(errno));
  }
  open_idle(active, active + idle);
  printf("ready\n");
  if (fgets(line, sizeof line, stdin) != NULL) {
    run(active, strtoul(argv[6], NULL, 10));
    while (fgets(line, sizeof line, stdin) != NULL) {
    }
    end_all(active + idle);
  }
  return 0;
}
