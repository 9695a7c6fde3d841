/* The animals whose disease is in how they treat their connections (and a pipe). */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include "kit.h"

/* lost-edge: edge-triggered, but not read to the end: the rest waits for an edge for ever. */
static void lost_edge(struct pair p)
{
  int epfd = new_set();

  watch(epfd, p.fd, EPOLLIN | EPOLLET);
  put(p.peer, 100);
  turn(epfd);
  if (healthy)
    drain(p.fd);
  else
    MUST(read(p.fd, (char[10]){ 0 }, 10));
  facts(epfd, p.fd);
  fact("unread", healthy ? 0 : 90);
  give(p.peer);
  sleep_in(epfd);
}

static void lost_edge_tcp(void)
{
  lost_edge(tcp_pair());
}

static void lost_edge_unix(void)
{
  lost_edge(unix_pair());
}

/* oneshot: the item was not armed again after its one event. */
static void oneshot(void)
{
  struct pair p = tcp_pair();
  int epfd = new_set();

  watch(epfd, p.fd, EPOLLIN | EPOLLONESHOT);
  put(p.peer, 100);
  turn(epfd);
  drain(p.fd);
  put(p.peer, 50);
  arrive(p.fd, 50);
  if (healthy) {
    control(epfd, EPOLL_CTL_MOD, p.fd, EPOLLIN | EPOLLONESHOT);
    turn(epfd);
    drain(p.fd);
    control(epfd, EPOLL_CTL_MOD, p.fd, EPOLLIN | EPOLLONESHOT);
  }
  facts(epfd, p.fd);
  fact("unread", healthy ? 0 : 50);
  give(p.peer);
  sleep_in(epfd);
}

static void *work(void *nothing)
{
  for (;;)
    sleep_ms(1000);
  return nothing;
}

/* oneshot-at-work: a worker has the connection, and will arm it again when it is done. */
static void oneshot_at_work(void)
{
  pthread_t worker;

  if (pthread_create(&worker, NULL, work, NULL))
    die("pthread_create");
  oneshot();
}

/* hangup: EPOLLHUP of a dead connection, reported in spite of the empty mask, is ignored. */
static void hangup(int epfd, struct pair p)
{
  turn(epfd);
  if (healthy) {
    forget(epfd, p.fd);
    sleep_in(epfd);
  }
  spin(epfd, p.fd, 0, ignore);
}

/* hangup-spin: the peer has reset the connection. */
static void hangup_reset(void)
{
  struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
  struct pair p = tcp_pair();
  int epfd = new_set_with_waker();

  facts(epfd, p.fd);
  watch(epfd, p.fd, 0);
  MUST(setsockopt(p.peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
  hang_up(p.peer, p.fd);
  hangup(epfd, p);
}

/* hangup-spin-fin: the peer has closed, and so have we, but we have kept the descriptor. */
static void hangup_fin(void)
{
  struct pair p = tcp_pair();
  int epfd = new_set_with_waker();

  facts(epfd, p.fd);
  watch(epfd, p.fd, 0);
  hang_up(p.peer, p.fd);
  shutdown(p.fd, SHUT_WR);
  hangup(epfd, p);
}

/* hangup-spin-shut: we have shut down both directions, and the peer has not closed. */
static void hangup_shut(void)
{
  struct pair p = tcp_pair();
  int epfd = new_set_with_waker();

  facts(epfd, p.fd);
  watch(epfd, p.fd, 0);
  shutdown(p.fd, SHUT_RDWR);
  give(p.peer);
  hangup(epfd, p);
}

/* writable-spin: EPOLLOUT stays armed though nothing is to be written. */
static void writable_spin(void)
{
  struct pair p = tcp_pair();
  int epfd = new_set();

  facts(epfd, p.fd);
  watch(epfd, p.fd, EPOLLIN | EPOLLOUT);
  turn(epfd);
  put(p.fd, 5);
  arrive(p.peer, 5);
  drain(p.peer);
  give(p.peer);
  if (healthy) {
    control(epfd, EPOLL_CTL_MOD, p.fd, EPOLLIN);
    sleep_in(epfd);
  }
  spin(epfd, p.fd, EPOLLIN | EPOLLOUT, ignore);
}

/* Reads the end of the stream, and takes no notice. */
static void read_once(int fd)
{
  char bytes[64];

  if (read(fd, bytes, sizeof bytes) != 0)
    die("not at the end");
}

/* eof: the peer has closed, and the loop does not close its own end. */
static void eof(struct pair p, void (*handle)(int fd))
{
  int epfd = new_set_with_waker();

  facts(epfd, p.fd);
  watch(epfd, p.fd, EPOLLIN);
  hang_up(p.peer, p.fd);
  turn(epfd);
  if (healthy) {
    read_to_end(p.fd);
    forget(epfd, p.fd);
    sleep_in(epfd);
  }
  spin(epfd, p.fd, EPOLLIN, handle);
}

/* eof-spin: the loop reads the end, and goes on. */
static void eof_spin(void)
{
  eof(tcp_pair(), read_once);
}

/* eof-unread: the loop does not even read. */
static void eof_unread(void)
{
  eof(tcp_pair(), ignore);
}

/* unix-eof-spin: the same on a Unix socket. */
static void unix_eof_spin(void)
{
  eof(unix_pair(), read_once);
}

/* unread-spin: bytes are told of again and again, and nobody reads them. */
static void unread_spin(void)
{
  struct pair p = tcp_pair();
  int epfd = new_set();

  facts(epfd, p.fd);
  watch(epfd, p.fd, EPOLLIN);
  put(p.peer, 70);
  arrive(p.fd, 70);
  give(p.peer);
  if (healthy) {
    drain(p.fd);
    sleep_in(epfd);
  }
  spin(epfd, p.fd, EPOLLIN, ignore);
}

/* eventfd-spin: a loop was woken by its eventfd, and does not take the count. */
static void eventfd_spin(void)
{
  int epfd = new_set(), fd = MUST(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));

  fact("epfd", epfd);
  fact("fd", fd);
  watch(epfd, fd, EPOLLIN);
  if (healthy) {
    eventfd_t count;

    MUST(eventfd_read(fd, &count));
    sleep_in(epfd);
  }
  spin(epfd, fd, EPOLLIN, ignore);
}

/* orphan: closed but not removed, the item lives on as another process has the same socket. */
static int orphan_of(int epfd)
{
  struct pair p = tcp_pair();

  facts(epfd, p.fd);
  watch(epfd, p.fd, EPOLLIN);
  if (healthy)
    control(epfd, EPOLL_CTL_DEL, p.fd, 0);
  give_all((int[]){ p.fd, p.peer }, 2);
  return p.fd;
}

static void orphan(void)
{
  int epfd = new_set_with_waker();

  orphan_of(epfd);
  sleep_in(epfd);
}

/* orphan-reused: the number of the orphan now means another file. */
static void orphan_reused(void)
{
  int epfd = new_set_with_waker();
  int fd = orphan_of(epfd);
  int null = MUST(open("/dev/null", O_RDONLY | O_CLOEXEC));

  if (null != fd) {
    MUST(dup3(null, fd, O_CLOEXEC));
    close(null);
  }
  sleep_in(epfd);
}

/* orphan-shared: the set is shared over a fork, and the item is the other process's. */
static void orphan_shared(void)
{
  int epfd = new_set_with_waker();
  struct pair p = tcp_pair();

  watch(epfd, p.fd, EPOLLIN);
  if (fork_child("zoo-owner") == 0)
    for (;;)
      pause();
  facts(epfd, p.fd);
  close(p.fd);
  sleep_in(epfd);
}

/* dead-peer: a silent connection without keepalive: nobody will ever see that the peer died. */
static void dead_peer(void)
{
  struct pair p = tcp_pair();
  int epfd = new_set();

  set_keepalive(p.fd, healthy);
  watch(epfd, p.fd, EPOLLIN);
  facts(epfd, p.fd);
  give(p.peer);
  sleep_in(epfd);
}

/* forgotten: bytes wait on an open connection that is in no set. */
static void forgotten(void)
{
  struct pair p = tcp_pair();
  int epfd = new_set_with_waker();

  put(p.peer, 300);
  arrive(p.fd, 300);
  if (healthy) {
    watch(epfd, p.fd, EPOLLIN);
    turn(epfd);
    drain(p.fd);
  }
  facts(epfd, p.fd);
  fact("unread", healthy ? 0 : 300);
  give(p.peer);
  sleep_in(epfd);
}

/* forgotten-closewait: the same, and the peer has closed. */
static void forgotten_closewait(void)
{
  struct pair p = tcp_pair();
  int epfd = new_set_with_waker();

  facts(epfd, p.fd);
  fact("unread", healthy ? 0 : 300);
  put(p.peer, 300);
  hang_up(p.peer, p.fd);
  if (healthy) {
    watch(epfd, p.fd, EPOLLIN);
    turn(epfd);
    read_to_end(p.fd);
    forget(epfd, p.fd);
  }
  sleep_in(epfd);
}

/* paused: bytes wait on an item whose EPOLLIN is off. */
static void paused(void)
{
  struct pair p = tcp_pair();
  int epfd = new_set();

  watch(epfd, p.fd, healthy ? EPOLLIN | EPOLLRDHUP : EPOLLRDHUP);
  put(p.peer, 500);
  arrive(p.fd, 500);
  if (healthy) {
    turn(epfd);
    drain(p.fd);
  }
  facts(epfd, p.fd);
  fact("unread", healthy ? 0 : 500);
  give(p.peer);
  sleep_in(epfd);
}

static void nap(void)
{
  sleep_ms(3600000);
}

static void compute(void)
{
  for (volatile unsigned i = 0; i < 1000000; i++)
    ;
}

/* blocked: the only thread does not come back to its set, in which an item is ready. */
static void blocked(void (*work)(void))
{
  struct pair p = tcp_pair();
  int epfd = new_set();

  watch(epfd, p.fd, EPOLLIN);
  put(p.peer, 100);
  turn(epfd);
  drain(p.fd);
  put(p.peer, 200);
  arrive(p.fd, 200);
  facts(epfd, p.fd);
  fact("unread", healthy ? 0 : 200);
  give(p.peer);
  if (healthy) {
    turn(epfd);
    drain(p.fd);
    sleep_in(epfd);
  }
  for (ready();;)
    work();
}

/* blocked-loop: the thread sleeps elsewhere. */
static void blocked_loop(void)
{
  blocked(nap);
}

/* blocked-loop-cpu: the thread computes. */
static void blocked_loop_cpu(void)
{
  blocked(compute);
}

/* Writes until the socket is full or nothing is left; returns what is left. */
static size_t fill(int fd, size_t left)
{
  static const char bytes[65536];

  while (left > 0) {
    ssize_t sent = write(fd, bytes, left < sizeof bytes ? left : sizeof bytes);

    if (sent < 0)
      break;
    left -= sent;
  }
  return left;
}

/* send-stuck: the peer does not read, so that what we have to write cannot leave. */
static void send_with(uint32_t edge)
{
  struct pair p = tcp_pair();
  int epfd = new_set();
  size_t left = healthy ? 4 << 20 : SIZE_MAX;
  struct epoll_event ev;

  facts(epfd, p.fd);
  watch(epfd, p.fd, EPOLLIN | EPOLLOUT | edge);
  while (epoll_wait(epfd, &ev, 1, 300) == 1) {
    left = fill(p.fd, left);
    if (healthy)
      drain(p.peer);
    if (left == 0)
      control(epfd, EPOLL_CTL_MOD, p.fd, EPOLLIN | edge);
  }
  if (healthy)
    drain(p.peer);
  give(p.peer);
  sleep_in(epfd);
}

static void send_stuck(void)
{
  send_with(0);
}

static void send_stuck_edge(void)
{
  send_with(EPOLLET);
}

/* close-wait-heap: all peers have closed, and we have closed none of our ends. */
static void close_wait_heap(void)
{
  int epfd = new_set_with_waker();

  for (int i = 0; i < CLOSED; i++) {
    struct pair p = tcp_pair();

    hang_up(p.peer, p.fd);
    if (healthy) {
      read_to_end(p.fd);
      close(p.fd);
    }
  }
  fact("epfd", epfd);
  fact("connections", healthy ? 0 : CLOSED);
  sleep_in(epfd);
}

/* Uses one connection for everything. */
static void exchange_on_one(int epfd, int listening)
{
  struct pair p;

  p.peer = connect_to(port_of(listening), 0);
  p.fd = accept_from(listening);
  watch(epfd, p.fd, EPOLLIN);
  for (int i = 0; i < PASSED; i++) {
    put(p.peer, 1);
    turn(epfd);
    drain(p.fd);
  }
  give(p.peer);
}

/* time-wait-heap: a connection is made for every trifle, and the side that closes it keeps it. */
static void time_wait(bool server_closes)
{
  int epfd = new_set(), fd = listener(BACKLOG);

  watch(epfd, fd, EPOLLIN);
  facts(epfd, fd);
  fact("connections", healthy ? 0 : PASSED);
  if (healthy)
    exchange_on_one(epfd, fd);
  for (int i = 0; i < PASSED && !healthy; i++) {
    int client = connect_to(port_of(fd), 0), server = accept_from(fd);

    hang_up(server_closes ? server : client, server_closes ? client : server);
    close(server_closes ? client : server);
  }
  sleep_in(epfd);
}

/* time-wait-heap: the side that connects closes: the port of the listener is the remote one. */
static void time_wait_heap(void)
{
  time_wait(false);
}

/* time-wait-heap-server: the side that accepts closes: the listener's port is the local one. */
static void time_wait_heap_server(void)
{
  time_wait(true);
}

/* pipe-hangup: EPOLLHUP of a pipe whose writer has gone is ignored. */
static void pipe_hangup(void)
{
  int epfd = new_set_with_waker(), ends[2];

  MUST(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
  fact("epfd", epfd);
  fact("fd", ends[0]);
  watch(epfd, ends[0], EPOLLIN);
  close(ends[1]);
  turn(epfd);
  if (healthy) {
    forget(epfd, ends[0]);
    sleep_in(epfd);
  }
  spin(epfd, ends[0], EPOLLIN, ignore);
}

#endif
