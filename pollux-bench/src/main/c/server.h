/* What the servers in C have in common: a listener on the loopback, whose port is printed, and an
 * end with standard input. */
#ifndef POLLUX_SERVER_H
#define POLLUX_SERVER_H

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *call) {
  perror(call);
  exit(1);
}

static void epoll_change(int ep, int operation, int fd, uint32_t interest, void *data) {
  struct epoll_event event = {.events = interest, .data.ptr = data};
  if (epoll_ctl(ep, operation, fd, &event) < 0) {
    fail("epoll_ctl");
  }
}

/* A connection that waits to be accepted; -1 if there is none. */
static int accept_one(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0 || errno == EAGAIN) {
      return fd;
    }
    if (errno != EINTR && errno != ECONNABORTED && errno != EPROTO) {
      fail("accept4");
    }
  }
}

/* Zeroed memory. */
static void *fresh(size_t size) {
  void *memory = calloc(1, size);
  if (memory == NULL) {
    fail("calloc");
  }
  return memory;
}

static int listen_anywhere(int backlog) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || bind(fd, (struct sockaddr *) &address, size) < 0 || listen(fd, backlog) < 0
      || getsockname(fd, (struct sockaddr *) &address, &size) < 0) {
    fail("listen");
  }
  printf("listening %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

/* Whether standard input has ended; what is written there is ignored. */
static bool input_ended(void) {
  char ignored[256];
  return read(STDIN_FILENO, ignored, sizeof ignored) <= 0;
}

#endif
