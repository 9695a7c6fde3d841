/*
 * The C side of the HTTP benchmark: one thread, epoll, level-triggered.
 *
 * Prints "listening PORT" and answers requests of HTTP/1.1 until its standard input ends: one
 * without a body by "Hello, World!", one with a body by the count of its bytes, and one to
 * /baseline11 by the sum of the numbers in its query and of that in its body.
 *
 * One read and one write for each readiness, through buffers that all connections share: however
 * many requests a read has brought, their answers leave together. A part of a head is kept for its
 * connection, and read again when more has come. What a full socket does not take is kept, too;
 * until it is gone the connection is watched for writing only.
 *
 * It looks at every byte of a head, and takes none that is malformed: a method, a target, the
 * version, then fields of a token, a colon and a value, up to the empty line, one Host among them.
 * Of chunked bodies it takes neither extensions nor trailers. What it does not do: answers to HEAD
 * without content, timeouts.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <time.h>

#include "http_body.h"
#include "server.h"

#define INPUT_SIZE 65536
#define MAX_HEAD 16384
#define ANSWER_SIZE 256
#define LEAST_REQUEST 23 /* "G / HTTP/1.1", "Host:" and three line ends */
#define OUTPUT_SIZE ((INPUT_SIZE / LEAST_REQUEST + 2) * ANSWER_SIZE)
#define BATCH 512
#define BACKLOG 4096
#define LENGTH_DIGITS 15

struct connection {
  int fd;
  bool over; /* it ends with what is written */
  struct body body;
  char *head; /* a part of one, or NULL */
  size_t head_size;
  char *rest; /* what the socket did not take, or NULL */
  size_t rest_from;
  size_t rest_size;
};

struct head {
  bool is_last;
  bool has_length;
  bool is_chunked;
  uint64_t length;
  int hosts;
  const char *target;
  size_t target_size;
};

static char input[INPUT_SIZE], output[OUTPUT_SIZE];
static size_t output_size;
static char date[64], hello[ANSWER_SIZE];
static size_t hello_size;
static time_t second = -1;
static bool is_token[256];
static int ep;

static void watch(struct connection *c, int operation, uint32_t events) {
  epoll_change(ep, operation, c->fd, events, c);
}

static void end(struct connection *c) {
  close(c->fd); /* the last descriptor of the socket: epoll forgets it, too */
  free(c->head);
  free(c->rest);
  free(c);
}

static char *copy(const char *from, size_t size) {
  char *result = malloc(size);
  if (result == NULL) {
    fail("malloc");
  }
  return memcpy(result, from, size);
}

/* ---- answers */

static size_t format(char *to, const char *status, const char *content, const char *more) {
  return (size_t) snprintf(to, ANSWER_SIZE,
                           "HTTP/1.1 %s\r\nDate: %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                           "Content-Length: %zu\r\n%s\r\n%s",
                           status, date, strlen(content), more, content);
}

/* Makes the date and what has it, once a second. */
static void tick(void) {
  time_t now = time(NULL);
  if (now != second) {
    struct tm utc;
    second = now;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &utc));
    hello_size = format(hello, "200 OK", "Hello, World!", "");
  }
}

static void answer(const struct body *b) {
  if (b->bytes == 0 && !b->is_sum) {
    memcpy(output + output_size, hello, hello_size);
    output_size += hello_size;
  } else {
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long) body_result(b));
    output_size += format(output + output_size, "200 OK", number, "");
  }
}

static void refuse(struct connection *c) {
  output_size += format(output + output_size, "400 Bad Request", "", "Connection: close\r\n");
  c->over = true;
}

/* ---- requests */

static bool is_named(const char *name, size_t size, const char *wanted) {
  return size == strlen(wanted) && strncasecmp(name, wanted, size) == 0;
}

/* What a field means for the connection; false if it is none that can be obeyed. */
static bool field(struct head *h, const char *name, size_t name_size, const char *value,
                  size_t size) {
  if (is_named(name, name_size, "host")) {
    return ++h->hosts == 1;
  }
  if (is_named(name, name_size, "connection")) {
    h->is_last |= is_named(value, size, "close");
    return true;
  }
  if (is_named(name, name_size, "content-length")) {
    if (h->has_length || h->is_chunked || size == 0 || size > LENGTH_DIGITS) {
      return false;
    }
    h->has_length = true;
    for (size_t i = 0; i < size; i++) {
      if (!isdigit((unsigned char) value[i])) {
        return false;
      }
      h->length = 10 * h->length + (uint64_t) (value[i] - '0');
    }
    return true;
  }
  if (is_named(name, name_size, "transfer-encoding")) {
    bool good = !h->has_length && !h->is_chunked && is_named(value, size, "chunked");
    h->is_chunked = true;
    return good;
  }
  return true;
}

/* A field line from p on: behind it, NULL without its end, or p if it is malformed. */
static const char *field_line(struct head *h, const char *p, const char *to) {
  const char *colon = p;
  while (colon < to && is_token[(unsigned char) *colon]) {
    colon++;
  }
  if (colon == to) {
    return NULL;
  }
  if (*colon != ':' || colon == p) {
    return p;
  }
  const char *from = colon + 1;
  while (from < to && (*from == ' ' || *from == '\t')) {
    from++;
  }
  const char *q = from;
  while (q < to && ((unsigned char) *q >= ' ' || *q == '\t') && *q != 127) {
    q++;
  }
  if (to - q < 2) {
    return q < to && *q != '\r' ? p : NULL;
  }
  const char *last = q;
  while (last > from && (last[-1] == ' ' || last[-1] == '\t')) {
    last--;
  }
  bool good = q[0] == '\r' && q[1] == '\n'
              && field(h, p, (size_t) (colon - p), from, (size_t) (last - from));
  return good ? q + 2 : p;
}

/* A head from p on: its size, 0 if it is not whole, or -1 if it is malformed. */
static ssize_t parse(struct head *h, const char *p, const char *to) {
  static const char version[] = "HTTP/1.1\r\n";
  const char *q = p;
  while (q < to && is_token[(unsigned char) *q]) {
    q++;
  }
  const char *target = q + 1;
  if (q < to && (*q != ' ' || q == p)) {
    return -1;
  }
  for (q = target; q < to && *q > ' ' && *q < 127; q++) {
  }
  if (q >= to) {
    return 0;
  }
  if (*q != ' ' || q == target) {
    return -1;
  }
  h->target = target;
  h->target_size = (size_t) (q - target);
  q++;
  size_t known = (size_t) (to - q) < sizeof version - 1 ? (size_t) (to - q) : sizeof version - 1;
  if (memcmp(q, version, known) != 0) {
    return -1;
  }
  q += known;
  while (to - q >= 2 && known == sizeof version - 1) {
    if (q[0] == '\r' && q[1] == '\n') {
      return h->hosts == 1 ? q + 2 - p : -1;
    }
    const char *next = field_line(h, q, to);
    if (next == NULL || next == q) {
      return next == NULL ? 0 : -1;
    }
    q = next;
  }
  return 0;
}

/* ---- the requests of a connection */

/* Answers all requests that are there. */
static void requests(struct connection *c, const char *p, const char *to) {
  while (p < to && !c->over) {
    if (c->body.next != NOTHING) {
      p = body_take(&c->body, p, to);
      if (p == NULL) {
        refuse(c);
        return;
      }
      if (c->body.next == NOTHING) {
        answer(&c->body);
      }
      continue;
    }
    struct head h = {0};
    ssize_t size = parse(&h, p, to);
    if (size < 0 || (size == 0 && to - p > MAX_HEAD)) {
      refuse(c);
    } else if (size == 0) {
      c->head_size = (size_t) (to - p);
      c->head = copy(p, c->head_size);
      return;
    } else {
      p += size;
      body_begin(&c->body, h.is_chunked, h.length, h.target, h.target_size);
      if (c->body.next == NOTHING) {
        c->over = h.is_last;
        answer(&c->body);
      }
    }
  }
}

/* ---- connections */

static void accept_all(int listener) {
  for (int fd = accept_one(listener); fd >= 0; fd = accept_one(listener)) {
    struct connection *c = fresh(sizeof *c);
    c->fd = fd;
    watch(c, EPOLL_CTL_ADD, EPOLLIN);
  }
}

/* Sends the answers of a turn. */
static void flush(struct connection *c) {
  if (output_size > 0) {
    ssize_t taken = send(c->fd, output, output_size, MSG_NOSIGNAL);
    if (taken < 0 && errno != EAGAIN && errno != EINTR) {
      end(c);
      return;
    }
    size_t sent = taken < 0 ? 0 : (size_t) taken;
    if (sent < output_size) {
      c->rest_from = 0;
      c->rest_size = output_size - sent;
      c->rest = copy(output + sent, c->rest_size);
      watch(c, EPOLL_CTL_MOD, EPOLLOUT);
      return;
    }
  }
  if (c->over) {
    end(c);
  }
}

static void readable(struct connection *c) {
  size_t known = c->head_size;
  if (c->head != NULL) {
    memcpy(input, c->head, known);
  }
  ssize_t size = recv(c->fd, input + known, sizeof input - known, 0);
  if (size <= 0) {
    if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
      end(c);
    }
    return;
  }
  free(c->head);
  c->head = NULL;
  c->head_size = 0;
  output_size = 0;
  requests(c, input, input + known + size);
  flush(c);
}

static void writable(struct connection *c) {
  ssize_t taken = send(c->fd, c->rest + c->rest_from, c->rest_size - c->rest_from, MSG_NOSIGNAL);
  if (taken < 0) {
    if (errno != EAGAIN && errno != EINTR) {
      end(c);
    }
    return;
  }
  c->rest_from += (size_t) taken;
  if (c->rest_from == c->rest_size) {
    free(c->rest);
    c->rest = NULL;
    if (c->over) {
      end(c);
    } else {
      watch(c, EPOLL_CTL_MOD, EPOLLIN);
    }
  }
}

int main(void) {
  for (int i = 0; i < 256; i++) {
    is_token[i] = i < 128 && (isalnum(i) || (i > 0 && strchr("!#$%&'*+-.^_`|~", i) != NULL));
  }
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  ep = epoll_create1(EPOLL_CLOEXEC);
  if (ep < 0) {
    fail("epoll_create1");
  }
  struct connection standard_input = {.fd = STDIN_FILENO};
  struct connection listener = {.fd = listen_anywhere(BACKLOG)};
  watch(&standard_input, EPOLL_CTL_ADD, EPOLLIN);
  watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
  struct epoll_event events[BATCH];
  for (;;) {
    int count = epoll_wait(ep, events, BATCH, -1);
    if (count < 0 && errno != EINTR) {
      fail("epoll_wait");
    }
    tick();
    for (int i = 0; i < count; i++) {
      struct connection *c = events[i].data.ptr;
      if (c == &listener) {
        accept_all(listener.fd);
      } else if (c == &standard_input) {
        if (input_ended()) {
          return 0;
        }
      } else if (c->rest != NULL) {
        writable(c);
      } else {
        readable(c);
      }
    }
  }
}
