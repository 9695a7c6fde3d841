/*
 * The load of the HTTP benchmark that speaks WebSocket: one thread, epoll, non-blocking.
 *
 *   ws_load PORT CONNECTIONS DEPTH SECONDS
 *
 * Opens the connections, asks on each for a WebSocket at /ws, prints "ready" when all have one, and
 * waits for a line. Then each has DEPTH messages in flight for so many seconds: texts of 16 bytes,
 * each in a frame with a mask of its own, no two alike. As many as a read has brought back are sent
 * anew, by one write. No extension is asked for.
 *
 * At its end it prints
 *
 *   result MESSAGES NANOS P50 P99 ERRORS
 *
 * and when its input has ended, it says Close on all connections, and waits until the server has
 * closed them. Latencies are nanoseconds from the sending. Every answer is looked at: that of the
 * handshake, and that each message comes back in one frame, in its turn, with nothing between. What
 * is wrong ends the load, so there are no errors. Source: RFC 6455.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "histogram.h"
#include "load.h"

#define BATCH 512
#define PATIENCE_MS 20000
#define HEAD_SIZE 1024 /* of the answer to a handshake */
#define MAX_DEPTH 256
#define TEXT_SIZE 16
#define SENT_SIZE (2 + 4 + TEXT_SIZE) /* head, mask, text */
#define FRAME_SIZE (2 + TEXT_SIZE)
#define FIRST 0x81 /* FIN, and the opcode of a text */
#define MASKED 0x80

/* The example of RFC 6455, 1.3; it may be sent on every connection. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static const char request[] =
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n\r\n";

struct connection {
  int fd;
  uint64_t sent;             /* messages */
  uint64_t back;             /* those that have come back */
  uint64_t since[MAX_DEPTH]; /* when each was sent, by its number */
  size_t size;               /* bytes of a frame that is not whole */
  unsigned char kept[FRAME_SIZE];
};

static struct connection *connections;
static unsigned char input[MAX_DEPTH * FRAME_SIZE + FRAME_SIZE];
static int ep, port;
static uint64_t depth, messages, end, random_state = 0x9e3779b97f4a7c15;

static long number_of(const struct connection *c) {
  return (long) (c - connections);
}

/* ---- handshakes */

static void open_connection(struct connection *c) {
  int one = 1;
  struct sockaddr_in target = loopback(INADDR_LOOPBACK, port);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0 || setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0
      || connect(c->fd, (struct sockaddr *) &target, sizeof target) < 0
      || send(c->fd, request, sizeof request - 1, MSG_NOSIGNAL) != sizeof request - 1) {
    fail("connection %ld: %s", number_of(c), strerror(errno));
  }
}

/* What has come, as soon as there is something; 0 at the end of the connection. */
static size_t await(struct connection *c, void *to, size_t room, uint64_t limit) {
  struct pollfd watched = {.fd = c->fd, .events = POLLIN};
  for (uint64_t t = now(); t < limit; t = now()) {
    if (poll(&watched, 1, (int) ((limit - t) / 1000000) + 1) == 1) {
      ssize_t count = recv(c->fd, to, room, 0);
      if (count < 0 && errno == EINTR) {
        continue;
      }
      return count < 0 ? 0 : (size_t) count;
    }
  }
  fail("connection %ld: no answer for %d s", number_of(c), PATIENCE_MS / 1000);
  return 0;
}

/* Whether a head has the field with this value, its name in whatever case. */
static bool has(const char *head, const char *name, const char *value) {
  const char *field = strcasestr(head, name);
  const char *at = field == NULL ? "" : field + strlen(name) + strspn(field + strlen(name), " \t");
  return strncasecmp(at, value, strlen(value)) == 0 && at[strlen(value)] == '\r';
}

static void shake_hands(struct connection *c) {
  static const char status[] = "HTTP/1.1 101 ";
  char head[HEAD_SIZE + 1] = "";
  size_t size = 0;
  uint64_t limit = now() + PATIENCE_MS * 1000000ull;
  while (strstr(head, "\r\n\r\n") == NULL) {
    size_t count = size < HEAD_SIZE ? await(c, head + size, HEAD_SIZE - size, limit) : 0;
    if (count == 0) {
      fail("connection %ld: no answer to the handshake in %lu bytes", number_of(c),
           (unsigned long) size);
    }
    size += count;
    head[size] = 0;
  }
  if (strncmp(head, status, sizeof status - 1) != 0) {
    fail("connection %ld: the handshake was answered by %.*s", number_of(c),
         (int) strcspn(head, "\r\n"), head);
  }
  if (!has(head, "\r\nUpgrade:", "websocket") || !has(head, "\r\nConnection:", "Upgrade")
      || !has(head, "\r\nSec-WebSocket-Accept:", ACCEPT) || strstr(head, ACCEPT) == NULL) {
    fail("connection %ld: the answer to the handshake lacks a field", number_of(c));
  }
  if (strcasestr(head, "\r\nSec-WebSocket-Extensions:") != NULL) {
    fail("connection %ld: an extension that was not asked for", number_of(c));
  }
  if (head[size - 1] != '\n' || strstr(head, "\r\n\r\n") + 4 != head + size) {
    fail("connection %ld: bytes behind the handshake that were not asked for", number_of(c));
  }
}

/* ---- messages */

static uint32_t random_number(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t) (random_state >> 32);
}

/* The text of a message: its number, and that of its connection. */
static void put_text(unsigned char *to, const struct connection *c, uint64_t number) {
  uint64_t value = (uint64_t) number_of(c) << 48 | number;
  for (int i = TEXT_SIZE - 1; i >= 0; i--, value >>= 4) {
    to[i] = (unsigned char) "0123456789abcdef"[value & 15];
  }
}

/* Sends so many messages, by one write: there is room, as the server has read those before. */
static void send_messages(struct connection *c, uint64_t count, uint64_t t) {
  static unsigned char output[MAX_DEPTH * SENT_SIZE];
  unsigned char *p = output;
  for (uint64_t i = 0; i < count; i++, p += SENT_SIZE) {
    uint32_t mask = random_number();
    p[0] = FIRST;
    p[1] = MASKED | TEXT_SIZE;
    memcpy(p + 2, &mask, sizeof mask);
    put_text(p + 6, c, c->sent);
    for (int at = 0; at < TEXT_SIZE; at++) {
      p[6 + at] ^= p[2 + at % 4];
    }
    c->since[c->sent++ % depth] = t;
  }
  ssize_t size = p - output;
  ssize_t taken = send(c->fd, output, (size_t) size, MSG_NOSIGNAL);
  if (taken != size) {
    fail("send on connection %ld: %s", number_of(c), taken < 0 ? strerror(errno) : "not taken");
  }
}

/* Looks at a frame, which is whole. */
static void take(struct connection *c, const unsigned char *frame, uint64_t t) {
  unsigned char text[TEXT_SIZE];
  if (frame[0] != FIRST || frame[1] != TEXT_SIZE) {
    fail("connection %ld: a frame that begins with %02x %02x, where %02x %02x is right",
         number_of(c), frame[0], frame[1], FIRST, TEXT_SIZE);
  }
  if (c->back == c->sent) {
    fail("connection %ld: a message that was not asked for", number_of(c));
  }
  put_text(text, c, c->back);
  if (memcmp(text, frame + 2, TEXT_SIZE) != 0) {
    fail("connection %ld: '%.*s' came back where '%.*s' is right", number_of(c), TEXT_SIZE,
         (const char *) frame + 2, TEXT_SIZE, (const char *) text);
  }
  if (t < end) {
    messages++;
    record(t - c->since[c->back % depth]);
  }
  c->back++;
}

static void readable(struct connection *c) {
  memcpy(input, c->kept, c->size);
  ssize_t count = recv(c->fd, input + c->size, sizeof input - c->size, MSG_DONTWAIT);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) {
      return;
    }
    fail("recv on connection %ld: %s", number_of(c), strerror(errno));
  }
  if (count == 0) {
    fail("connection %ld: closed by the server behind %lu messages", number_of(c),
         (unsigned long) c->back);
  }
  uint64_t t = now(), before = c->back;
  size_t size = c->size + (size_t) count, at = 0;
  for (; size - at >= FRAME_SIZE; at += FRAME_SIZE) {
    take(c, input + at, t);
  }
  c->size = size - at;
  memcpy(c->kept, input + at, c->size);
  if (t < end && c->back > before) {
    send_messages(c, c->back - before, t);
  }
}

static void turn(int timeout_ms) {
  static struct epoll_event events[BATCH];
  int count = epoll_wait(ep, events, BATCH, timeout_ms);
  if (count < 0 && errno != EINTR) {
    fail("epoll_wait: %s", strerror(errno));
  }
  if (count == 0 && timeout_ms == PATIENCE_MS) {
    fail("no message for %d s", PATIENCE_MS / 1000);
  }
  for (int i = 0; i < count; i++) {
    readable(events[i].data.ptr);
  }
}

/* ---- a run */

static void run(size_t count, uint64_t seconds) {
  uint64_t start = now();
  end = start + seconds * 1000000000;
  for (size_t i = 0; i < count; i++) {
    send_messages(connections + i, depth, now());
  }
  uint64_t t;
  while ((t = now()) < end) {
    uint64_t left_ms = (end - t) / 1000000 + 1;
    turn(left_ms < PATIENCE_MS ? (int) left_ms : PATIENCE_MS);
  }
  printf("result %lu %lu %lu %lu 0\n", (unsigned long) messages, (unsigned long) (t - start),
         (unsigned long) percentile(0.5), (unsigned long) percentile(0.99));
}

static void end_all(size_t count) {
  static const unsigned char closing[] = {0x88, MASKED | 2, 1, 2, 3, 4, 0x03 ^ 1, 0xe8 ^ 2};
  uint64_t limit = now() + PATIENCE_MS * 1000000ull;
  for (size_t i = 0; i < count; i++) {
    send(connections[i].fd, closing, sizeof closing, MSG_NOSIGNAL);
  }
  for (size_t i = 0; i < count; i++) {
    while (await(connections + i, input, sizeof input, limit) > 0) {
    }
    close(connections[i].fd);
  }
}

int main(int argc, char **argv) {
  char line[64];
  if (argc != 5) {
    fail("usage: ws_load PORT CONNECTIONS DEPTH SECONDS");
  }
  port = atoi(argv[1]);
  size_t count = strtoul(argv[2], NULL, 10);
  depth = strtoul(argv[3], NULL, 10);
  if (depth < 1 || depth > MAX_DEPTH) {
    fail("DEPTH is 1 to %d", MAX_DEPTH);
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  ep = epoll_create1(EPOLL_CLOEXEC);
  connections = calloc(count, sizeof *connections);
  if (ep < 0 || connections == NULL) {
    fail("epoll_create1 or calloc: %s", strerror(errno));
  }
  for (size_t i = 0; i < count; i++) {
    open_connection(connections + i);
  }
  for (size_t i = 0; i < count; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connections + i};
    shake_hands(connections + i);
    if (epoll_ctl(ep, EPOLL_CTL_ADD, connections[i].fd, &event) < 0) {
      fail("epoll_ctl: %s", strerror(errno));
    }
  }
  printf("ready\n");
  if (fgets(line, sizeof line, stdin) != NULL) {
    run(count, strtoul(argv[4], NULL, 10));
    while (fgets(line, sizeof line, stdin) != NULL) {
    }
    end_all(count);
  }
  return 0;
}
