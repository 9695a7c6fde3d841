/* What all animals of the zoo are made with: facts, sockets, sets, child processes. */
#ifndef KIT_H
#define KIT_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define LEN(array) (sizeof(array) / sizeof((array)[0]))
#define MUST(call) must((call), #call)

enum {
  LIFETIME = 60,     /* seconds until the watchdog kills an animal */
  PATIENCE = 5000,   /* milliseconds to wait for something that must come */
  MAX_EVENTS = 512,  /* events asked of one epoll_wait */
  MAX_FDS = 4096,    /* no animal that forks opens descriptors above this */
  BACKLOG = 1024,
  BATCH = 200,       /* connections of small-batch */
  QUIET_MS = 1000,   /* before small-batch, or one that spins, has something to do */
  HERD = 4,          /* threads of herd */
  PACK = 3,          /* processes of herd-processes */
  QUEUED = 5,        /* connections waiting for emfile */
  CALLERS = 10,      /* connections made to backlog-overflow */
  CLOSED = 50,       /* connections of close-wait-heap */
  PASSED = 300,      /* connections of time-wait-heap */
  ACTIVE = 16,       /* connections of busy that are not idle */
  MESSAGE = 64       /* bytes in one message of busy */
};

/* A connection: our own end, non-blocking, and the far end. */
struct pair {
  int fd;
  int peer;
};

static bool healthy;            /* the twin was asked for */
static int number = 1000;       /* the argument N */

/* ---- helpers: errors, facts, time ---- */

static _Noreturn void die(const char *what)
{
  fprintf(stderr, "zoo: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int must(int result, const char *what)
{
  if (result < 0)
    die(what);
  return result;
}

static void fact(const char *key, int value)
{
  printf("%s=%d\n", key, value);
}

static void fact_list(const char *key, const int *values, size_t count)
{
  printf("%s=", key);
  for (size_t i = 0; i < count; i++)
    printf("%s%d", i ? "," : "", values[i]);
  printf("\n");
}

static void ready(void)
{
  printf("ready\n");
  fflush(stdout);
}

static void sleep_ms(long ms)
{
  struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

  nanosleep(&t, NULL);
}

/* ---- helpers: sockets ---- */

static int port_of(int fd)
{
  struct sockaddr_in a = { 0 };
  socklen_t len = sizeof a;

  MUST(getsockname(fd, (struct sockaddr *)&a, &len));
  return a.sin_family == AF_INET ? ntohs(a.sin_port) : 0;
}

static void set_keepalive(int fd, int on)
{
  MUST(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
}

static int listener(int backlog)
{
  struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  int fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

  set_keepalive(fd, 1);
  MUST(bind(fd, (struct sockaddr *)&a, sizeof a));
  MUST(listen(fd, backlog));
  return fd;
}

/* Connects to a local port; with SOCK_NONBLOCK it does not wait for the connection. */
static int connect_to(int port, int flags)
{
  struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  int fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));

  a.sin_port = htons(port);
  if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0 && errno != EINPROGRESS)
    die("connect");
  return fd;
}

static int accept_from(int listening)
{
  return MUST(accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

static struct pair tcp_pair(void)
{
  int listening = listener(1);
  struct pair p;

  p.peer = connect_to(port_of(listening), 0);
  p.fd = accept_from(listening);
  close(listening);
  return p;
}

static struct pair unix_pair(void)
{
  int fds[2];

  MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds));
  return (struct pair){ fds[0], fds[1] };
}

/* Sends that many bytes, all at once. */
static void put(int fd, size_t count)
{
  static const char bytes[1024];

  if (send(fd, bytes, count, MSG_NOSIGNAL) != (ssize_t)count)
    die("send");
}

/* Waits until that many bytes lie unread in the socket. */
static void arrive(int fd, int count)
{
  int unread = 0;

  for (int ms = 0; ms < PATIENCE; ms++) {
    MUST(ioctl(fd, FIONREAD, &unread));
    if (unread >= count)
      return;
    sleep_ms(1);
  }
  die("the bytes did not arrive");
}

/* Closes the one end and waits until the other end has seen it. */
static void hang_up(int fd, int other)
{
  struct pollfd p = { .fd = other, .events = POLLRDHUP };

  close(fd);
  if (poll(&p, 1, PATIENCE) != 1)
    die("the end did not arrive");
}

/* Reads all there is; returns true at the end of the stream. */
static bool drain(int fd)
{
  char bytes[65536];
  ssize_t got;

  do
    got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
  while (got > 0);
  return got == 0;
}

static void read_to_end(int fd)
{
  if (!drain(fd))
    die("not at the end");
}

/* ---- helpers: epoll ---- */

static int new_set(void)
{
  return MUST(epoll_create1(EPOLL_CLOEXEC));
}

static void control(int epfd, int op, int fd, uint32_t events)
{
  struct epoll_event ev = { .events = events, .data.fd = fd };

  MUST(epoll_ctl(epfd, op, fd, &ev));
}

static void watch(int epfd, int fd, uint32_t events)
{
  control(epfd, EPOLL_CTL_ADD, fd, events);
}

/* Removes an item from its set, and only then closes it. */
static void forget(int epfd, int fd)
{
  control(epfd, EPOLL_CTL_DEL, fd, 0);
  close(fd);
}

/* A set with one item, an eventfd that stays silent, as the wake-up channel of a loop is. */
static int new_set_with_waker(void)
{
  int epfd = new_set();

  watch(epfd, MUST(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), EPOLLIN);
  return epfd;
}

/* One turn of a loop in which an event must come. */
static void turn(int epfd)
{
  struct epoll_event ev[MAX_EVENTS];

  if (epoll_wait(epfd, ev, MAX_EVENTS, PATIENCE) < 1)
    die("no event came");
}

/* The loop of an animal to which nothing will be reported any more. */
static _Noreturn void sleep_on(int epfd)
{
  struct epoll_event ev[MAX_EVENTS];

  while (epoll_wait(epfd, ev, MAX_EVENTS, -1) < 0 && errno == EINTR)
    ;
  die("an event came that should not");
}

static _Noreturn void sleep_in(int epfd)
{
  ready();
  sleep_on(epfd);
}

static void ignore(int fd)
{
  (void)fd;
}

/*
 * The loop of an animal whose handler does not take away the reason of the event. At first the
 * item is muted, as a one-shot that has fired, so that the thread is seen to wait in this set.
 */
static _Noreturn void spin(int epfd, int fd, uint32_t events, void (*handle)(int fd))
{
  struct epoll_event ev[MAX_EVENTS];

  control(epfd, EPOLL_CTL_MOD, fd, events | EPOLLONESHOT);
  turn(epfd);
  ready();
  MUST(epoll_wait(epfd, ev, MAX_EVENTS, QUIET_MS));
  control(epfd, EPOLL_CTL_MOD, fd, events);
  for (;;) {
    int count = epoll_wait(epfd, ev, MAX_EVENTS, -1);

    for (int i = 0; i < count; i++)
      handle(ev[i].data.fd);
  }
}

/* Prints which set and which descriptor an animal is about. */
static void facts(int epfd, int fd)
{
  fact("epfd", epfd);
  fact("fd", fd);
  if (port_of(fd))
    fact("port", port_of(fd));
}

/* ---- helpers: child processes ---- */

/* Forks a child that is killed when its parent dies; returns 0 in it. */
static pid_t fork_child(const char *name)
{
  pid_t parent = getpid();
  pid_t pid = MUST(fork());

  if (pid == 0) {
    prctl(PR_SET_NAME, name);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(1);
  }
  return pid;
}

static void close_all_but(const int *kept, size_t count)
{
  for (int fd = 0; fd < MAX_FDS; fd++) {
    bool keep = false;

    for (size_t i = 0; i < count; i++)
      keep = keep || kept[i] == fd;
    if (!keep)
      close(fd);
  }
}

/*
 * Gives descriptors to a child that holds them, and nothing else, and sleeps. The pipe tells when
 * the child has closed all the rest.
 */
static void give_all(const int *fds, size_t count)
{
  int done[2];
  char byte;
  pid_t pid;

  MUST(pipe2(done, O_CLOEXEC));
  pid = fork_child("zoo-peer");
  if (pid == 0) {
    close_all_but(fds, count);
    for (;;)
      pause();
  }
  close(done[1]);
  MUST(read(done[0], &byte, 1));
  close(done[0]);
  for (size_t i = 0; i < count; i++)
    close(fds[i]);
  fact("peer", pid);
}

static void give(int fd)
{
  give_all(&fd, 1);
}

#endif
