/*
 * The C side of the echo benchmark: one thread, epoll, level-triggered.
 *
 * Prints "listening PORT" and echoes what arrives until its standard input ends. The argument 2 adds
 * a second thread that sleeps: the kernel then counts references on files, as it does for a JVM.
 *
 * One read and one write for each readiness, through one buffer that all connections share. What a
 * full socket does not take is kept for its connection; until it is gone the connection is watched
 * for writing only, so a peer that does not read is not read from.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>

#include "server.h"

#define BUFFER_SIZE 65536
#define BATCH 512
#define BACKLOG 4096

struct connection {
  int fd;
  char *rest; /* what the socket did not take, or NULL */
  size_t rest_from;
  size_t rest_size;
};

static char buffer[BUFFER_SIZE];
static int ep;

static void watch(struct connection *c, int operation, uint32_t events) {
  epoll_change(ep, operation, c->fd, events, c);
}

static void end(struct connection *c) {
  close(c->fd); /* the last descriptor of the socket: epoll forgets it, too */
  free(c->rest);
  free(c);
}

static void accept_all(int listener) {
  for (int fd = accept_one(listener); fd >= 0; fd = accept_one(listener)) {
    struct connection *c = fresh(sizeof *c);
    c->fd = fd;
    watch(c, EPOLL_CTL_ADD, EPOLLIN);
  }
}

static void keep(struct connection *c, size_t from, size_t size) {
  c->rest = malloc(size - from);
  if (c->rest == NULL) {
    fail("malloc");
  }
  memcpy(c->rest, buffer + from, size - from);
  c->rest_from = 0;
  c->rest_size = size - from;
  watch(c, EPOLL_CTL_MOD, EPOLLOUT);
}

static void readable(struct connection *c) {
  ssize_t size = recv(c->fd, buffer, sizeof buffer, 0);
  if (size <= 0) {
    if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
      end(c);
    }
    return;
  }
  ssize_t taken = send(c->fd, buffer, (size_t) size, MSG_NOSIGNAL);
  if (taken == size) {
    return;
  }
  if (taken < 0 && errno != EAGAIN && errno != EINTR) {
    end(c);
    return;
  }
  keep(c, taken < 0 ? 0 : (size_t) taken, (size_t) size);
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
    watch(c, EPOLL_CTL_MOD, EPOLLIN);
  }
}

static void *idle(void *unused) {
  (void) unused;
  for (;;) {
    pause();
  }
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t second;
  if (argc > 1 && strcmp(argv[1], "2") == 0) {
    errno = pthread_create(&second, NULL, idle, NULL);
    if (errno != 0) {
      fail("pthread_create");
    }
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
  struct connection input = {.fd = STDIN_FILENO};
  struct connection listener = {.fd = listen_anywhere(BACKLOG)};
  watch(&input, EPOLL_CTL_ADD, EPOLLIN);
  watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
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
      } else if (c == &input) {
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
