/*
 * The C side of the HTTP benchmark's WebSockets: one thread, epoll, level-triggered.
 *
 * Prints "listening PORT" and sends back every message, in the frames in which it came, until its
 * standard input ends. One read and one write for each readiness, through a buffer that all
 * connections share: a frame is unmasked where it lies, and its shorter head put in front of it.
 *
 * It is a lower bound, and no server: of the handshake it reads the end alone, and answers the key
 * of RFC 6455, 1.3; frames have at most 125 bytes; texts are not looked at; who does not read its
 * answers is closed.
 */
#define _GNU_SOURCE
#include <string.h>

#include "server.h"

#define INPUT_SIZE 65536
#define KEPT 1024 /* of a handshake or a frame that is not whole */
#define BATCH 512
#define BACKLOG 4096
#define HEAD_SIZE 2
#define MASK_SIZE 4
#define MAX_SHORT 125
#define MASKED 0x80
#define OPCODE 0x0f
#define CLOSE 0x8
#define PING 0x9
#define PONG 0xa

static const char answer[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

struct connection {
  int fd;
  bool is_open; /* the handshake is over */
  bool over;    /* it ends with what is written */
  size_t size;
  unsigned char kept[KEPT];
};

static unsigned char input[INPUT_SIZE + 1];
static int ep;

static void watch(struct connection *c) {
  epoll_change(ep, EPOLL_CTL_ADD, c->fd, EPOLLIN, c);
}

static void end(struct connection *c) {
  close(c->fd);
  free(c);
}

/* Puts the answers to the frames between two places at out, and returns where they end; the rest
 * begins at *from. */
static unsigned char *frames(struct connection *c, unsigned char **from, const unsigned char *to,
                             unsigned char *out) {
  unsigned char *p = *from;
  while (to - p >= HEAD_SIZE && !c->over) {
    size_t size = p[1] & ~MASKED;
    if (size > MAX_SHORT || (p[1] & MASKED) == 0) {
      c->over = true;
      break;
    }
    const unsigned char *mask = p + HEAD_SIZE;
    unsigned char *payload = p + HEAD_SIZE + MASK_SIZE;
    if (to - payload < (ssize_t) size) {
      break;
    }
    int opcode = p[0] & OPCODE;
    if (opcode != PONG) {
      unsigned char bits[MASK_SIZE];
      memcpy(bits, mask, MASK_SIZE); /* what is written may lie on it */
      out[0] = opcode == PING ? (unsigned char) (p[0] ^ PING ^ PONG) : p[0];
      out[1] = (unsigned char) size;
      out += HEAD_SIZE;
      for (size_t i = 0; i < size; i++) {
        *out++ = payload[i] ^ bits[i % MASK_SIZE];
      }
      c->over = opcode == CLOSE;
    }
    p = payload + size;
  }
  *from = p;
  return out;
}

static void readable(struct connection *c) {
  memcpy(input, c->kept, c->size);
  ssize_t count = recv(c->fd, input + c->size, INPUT_SIZE - c->size, 0);
  if (count <= 0) {
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      end(c);
    }
    return;
  }
  unsigned char *from = input, *to = input + c->size + count, *out = input;
  const void *sent = input;
  *to = 0;
  if (c->is_open) {
    out = frames(c, &from, to, out);
  } else if (strstr((char *) input, "\r\n\r\n") != NULL) {
    c->is_open = true; /* a client sends nothing behind it before it has its answer */
    sent = answer;
    out = input + sizeof answer - 1;
    from = to;
  }
  c->size = (size_t) (to - from);
  if (c->size > KEPT) {
    end(c);
    return;
  }
  memcpy(c->kept, from, c->size);
  size_t size = (size_t) (out - input);
  if ((size > 0 && send(c->fd, sent, size, MSG_NOSIGNAL) != (ssize_t) size) || c->over) {
    end(c);
  }
}

static void accept_all(int listener) {
  for (int fd = accept_one(listener); fd >= 0; fd = accept_one(listener)) {
    struct connection *c = fresh(sizeof *c);
    c->fd = fd;
    watch(c);
  }
}

int main(void) {
  ep = epoll_create1(EPOLL_CLOEXEC);
  if (ep < 0) {
    fail("epoll_create1");
  }
  struct connection standard_input = {.fd = STDIN_FILENO};
  struct connection listener = {.fd = listen_anywhere(BACKLOG)};
  watch(&standard_input);
  watch(&listener);
  struct epoll_event events[BATCH];
  for (;;) {
    int count = epoll_wait(ep, events, BATCH, -1);
    if (count < 0 && errno != EINTR) {
      fail("epoll_wait");
    }
    for (int i = 0; i < count; i++) {
      struct connection *c = events[i].data.ptr;
      if (c == &listener) {
        accept_all(listener.fd);
      } else if (c != &standard_input) {
        readable(c);
      } else if (input_ended()) {
        return 0;
      }
    }
  }
}
