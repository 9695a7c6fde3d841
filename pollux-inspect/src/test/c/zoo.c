/*
 * A zoo of small epoll programs: each has one disease, and most have a healthy twin that does the
 * same work properly. It is the test material of a tool that looks at processes from outside.
 *
 *   zoo --list        the names of all animals, one a line
 *   zoo NAME [N]      runs one: prints facts as key=value lines, then "ready", and then stays in
 *                     its state until it is killed (by its watchdog after LIFETIME seconds)
 *
 * An animal makes both ends of its connections itself, brings them into the wanted state, and
 * then gives the far ends to a child process, which only sleeps and dies with its parent. So the
 * process that was started holds its own ends and nothing else. Its connections have SO_KEEPALIVE
 * on (inherited from the listener), as otherwise they all would also be of the kind "dead-peer".
 * kit.h has the tools, connections.h one half of the animals; zoo.c alone is to be compiled.
 */
#define _GNU_SOURCE
#include "kit.h"
#include "connections.h"

/* ---- animals whose disease is in their loop or their listener ---- */

static uint32_t herd_mask(void)
{
  return healthy ? EPOLLIN | EPOLLEXCLUSIVE : EPOLLIN;
}

static void *herd_thread(void *epfd)
{
  sleep_on(*(int *)epfd);
}

/* herd: one connection wakes all threads, as each has the listener in its set. */
static void herd(void)
{
  static int sets[HERD];
  int fd = listener(BACKLOG);

  for (int i = 0; i < HERD; i++) {
    pthread_t thread;

    sets[i] = new_set();
    watch(sets[i], fd, herd_mask());
    if (i > 0 && pthread_create(&thread, NULL, herd_thread, &sets[i]))
      die("pthread_create");
  }
  facts(sets[0], fd);
  fact_list("epfds", sets, HERD);
  sleep_ms(20);
  sleep_in(sets[0]);
}

/* herd-processes: the same with processes. */
static void herd_processes(void)
{
  int fd = listener(BACKLOG), pids[PACK] = { getpid() }, epfd;

  for (int i = 1; i < PACK; i++) {
    pids[i] = fork_child("zoo-herd");
    if (pids[i] == 0) {
      epfd = new_set();
      watch(epfd, fd, herd_mask());
      sleep_on(epfd);
    }
  }
  epfd = new_set();
  watch(epfd, fd, herd_mask());
  facts(epfd, fd);
  fact_list("pids", pids, PACK);
  sleep_ms(20);
  sleep_in(epfd);
}

/* Gives each connection bytes when the loop has waited for a while. */
static void feed_later(int *peers)
{
  if (fork_child("zoo-peers") != 0) {
    for (int i = 0; i < BATCH; i++)
      close(peers[i]);
    return;
  }
  sleep_ms(QUIET_MS);
  for (int i = 0; i < BATCH; i++)
    put(peers[i], 1000);
  for (;;)
    pause();
}

/* small-batch: the loop takes one event and one byte a turn, and never gets to the end. */
static void small_batch(void)
{
  int epfd = new_set(), peers[BATCH], room = healthy ? BATCH : 1;
  struct epoll_event events[BATCH];
  char bytes[1000];

  for (int i = 0; i < BATCH; i++) {
    struct pair p = tcp_pair();

    watch(epfd, p.fd, EPOLLIN);
    peers[i] = p.peer;
  }
  fact("epfd", epfd);
  fact("connections", BATCH);
  feed_later(peers);
  ready();
  for (;;) {
    int count = MUST(epoll_wait(epfd, events, room, -1));

    for (int i = 0; i < count; i++)
      MUST(read(events[i].data.fd, bytes, healthy ? sizeof bytes : 1));
    if (!healthy)
      sleep_ms(1);
  }
}

/* Forbids all descriptors above those that are in use. */
static void use_up_descriptors(void)
{
  struct rlimit limit;
  int lowest = MUST(dup(STDOUT_FILENO));

  close(lowest);
  MUST(getrlimit(RLIMIT_NOFILE, &limit));
  limit.rlim_cur = lowest;
  MUST(setrlimit(RLIMIT_NOFILE, &limit));
  fact("limit", lowest);
}

/* emfile: no descriptor is left, so that the waiting connections cannot be accepted. */
static void emfile(int backoff)
{
  int fd = listener(BACKLOG), epfd = new_set(), peers[QUEUED];
  struct epoll_event ev;

  for (int i = 0; i < QUEUED; i++)
    peers[i] = connect_to(port_of(fd), 0);
  watch(epfd, fd, EPOLLIN);
  facts(epfd, fd);
  fact("queued", healthy ? 0 : QUEUED);
  give_all(peers, QUEUED);
  if (healthy) {
    for (int i = 0; i < QUEUED; i++)
      watch(epfd, accept_from(fd), EPOLLIN);
    sleep_in(epfd);
  }
  use_up_descriptors();
  ready();
  while (epoll_wait(epfd, &ev, 1, -1) == 1 && accept(fd, NULL, NULL) < 0)
    if (backoff)
      sleep_ms(backoff);
}

static void emfile_spin(void)
{
  emfile(0);
}

/* emfile-backoff: the same, but with a rest after each failure. */
static void emfile_backoff(void)
{
  emfile(100);
}

/* backlog-overflow: nobody accepts, so that the queue is full and connections are dropped. */
static void backlog_overflow(void)
{
  int fd = listener(2), epfd = new_set_with_waker(), peers[CALLERS];

  facts(epfd, fd);
  if (healthy)
    watch(epfd, fd, EPOLLIN);
  for (int i = 0; i < CALLERS; i++) {
    peers[i] = connect_to(port_of(fd), SOCK_NONBLOCK);
    if (healthy)
      watch(epfd, accept_from(fd), EPOLLIN);
  }
  give_all(peers, CALLERS);
  sleep_in(epfd);
}

/* ---- healthy animals, to be shown or measured ---- */

/* Three descriptors on which nothing comes: an eventfd, a pipe and a listener. */
static void three_fds(int fds[3])
{
  int ends[2];

  MUST(pipe2(ends, O_CLOEXEC));
  fds[0] = MUST(eventfd(0, EFD_CLOEXEC));
  fds[1] = ends[0];
  fds[2] = listener(BACKLOG);
  fact_list("fds", fds, 3);
  fact("port", port_of(fds[2]));
}

static void three_polled(struct pollfd polled[3])
{
  int fds[3];

  three_fds(fds);
  for (int i = 0; i < 3; i++)
    polled[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
  ready();
}

/* poll-caller: a healthy program without epoll. */
static void poll_caller(void)
{
  struct pollfd polled[3];

  for (three_polled(polled);;)
    poll(polled, 3, -1);
}

/* ppoll-caller: the same. */
static void ppoll_caller(void)
{
  struct pollfd polled[3];

  for (three_polled(polled);;)
    ppoll(polled, 3, NULL, NULL);
}

/* select-caller: the same. */
static void select_caller(void)
{
  int fds[3];

  three_fds(fds);
  ready();
  for (;;) {
    fd_set set;

    FD_ZERO(&set);
    for (int i = 0; i < 3; i++)
      FD_SET(fds[i], &set);
    select(fds[2] + 1, &set, NULL, NULL, NULL);
  }
}

static int timer(time_t seconds)
{
  struct itimerspec at = { .it_value = { seconds, 0 }, .it_interval = { seconds, 0 } };
  int fd = MUST(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));

  MUST(timerfd_settime(fd, 0, &at, NULL));
  return fd;
}

static int signals(void)
{
  sigset_t set;

  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  return MUST(signalfd(-1, &set, SFD_CLOEXEC));
}

/* nested: a healthy set in a set, with one item of each kind. */
static void nested(void)
{
  int epfd = new_set(), inner = new_set(), ends[2], fds[5];

  MUST(pipe2(ends, O_CLOEXEC));
  fds[0] = MUST(eventfd(0, EFD_CLOEXEC));
  fds[1] = timer(3600);
  fds[2] = signals();
  fds[3] = MUST(inotify_init1(IN_CLOEXEC));
  fds[4] = ends[0];
  MUST(inotify_add_watch(fds[3], "/", IN_DELETE_SELF));
  for (size_t i = 0; i < LEN(fds); i++)
    watch(inner, fds[i], EPOLLIN);
  watch(epfd, inner, EPOLLIN);
  fact("epfd", epfd);
  fact("inner", inner);
  fact_list("fds", fds, LEN(fds));
  sleep_in(epfd);
}

/* The clients of busy: they ask on a few connections, and let the others idle. */
static _Noreturn void busy_clients(int port)
{
  char message[MESSAGE] = { 0 };
  int fds[ACTIVE];

  for (int i = 0; i < number; i++) {
    int fd = connect_to(port, 0);

    if (i < ACTIVE)
      fds[i] = fd;
  }
  for (;;) {
    for (int i = 0; i < ACTIVE && i < number; i++)
      send(fds[i], message, sizeof message, MSG_NOSIGNAL);
    for (int i = 0; i < ACTIVE && i < number; i++)
      if (recv(fds[i], message, sizeof message, MSG_WAITALL) != MESSAGE)
        _exit(0);
  }
}

/* Allows as many descriptors as may be had, as there are many connections. */
static void allow_descriptors(void)
{
  struct rlimit limit;

  MUST(getrlimit(RLIMIT_NOFILE, &limit));
  limit.rlim_cur = limit.rlim_max;
  MUST(setrlimit(RLIMIT_NOFILE, &limit));
}

/* Answers one message with itself. */
static int echo(int fd)
{
  char bytes[MESSAGE];
  ssize_t got = read(fd, bytes, sizeof bytes);

  return got > 0 && send(fd, bytes, got, MSG_NOSIGNAL) == got;
}

static int report(int clock, int ops)
{
  uint64_t ticks;

  MUST(read(clock, &ticks, sizeof ticks));
  fact("ops", ops);
  fflush(stdout);
  return 0;
}

static void serve(int epfd, int clock)
{
  struct epoll_event ev[MAX_EVENTS];
  int ops = 0;

  for (;;) {
    int count = epoll_wait(epfd, ev, MAX_EVENTS, -1);

    for (int i = 0; i < count; i++) {
      int fd = ev[i].data.fd;

      ops = fd == clock ? report(clock, ops) : ops + echo(fd);
    }
  }
}

/* busy: a healthy echo server under full load, to measure what it costs to be watched. */
static void busy(void)
{
  int fd = listener(BACKLOG), port = port_of(fd), epfd, clock;
  pid_t pid;

  allow_descriptors();
  pid = fork_child("zoo-clients");
  if (pid == 0) {
    close(fd);
    busy_clients(port);
  }
  epfd = new_set();
  for (int i = 0; i < number; i++)
    watch(epfd, accept_from(fd), EPOLLIN);
  clock = timer(1);
  watch(epfd, clock, EPOLLIN);
  facts(epfd, fd);
  fact("connections", number);
  fact("peer", pid);
  ready();
  serve(epfd, clock);
}

/* ---- the list ---- */

static const struct animal {
  const char *name;
  void (*run)(void);
  bool has_twin;
} animals[] = {
  { "lost-edge", lost_edge_tcp, true },
  { "lost-edge-unix", lost_edge_unix, true },
  { "oneshot", oneshot, true },
  { "oneshot-at-work", oneshot_at_work, false },
  { "hangup-spin", hangup_reset, true },
  { "hangup-spin-fin", hangup_fin, true },
  { "hangup-spin-shut", hangup_shut, true },
  { "writable-spin", writable_spin, true },
  { "eof-spin", eof_spin, true },
  { "eof-unread", eof_unread, true },
  { "unix-eof-spin", unix_eof_spin, true },
  { "unread-spin", unread_spin, true },
  { "eventfd-spin", eventfd_spin, true },
  { "orphan", orphan, true },
  { "orphan-reused", orphan_reused, true },
  { "orphan-shared", orphan_shared, false },
  { "herd", herd, true },
  { "herd-processes", herd_processes, true },
  { "small-batch", small_batch, true },
  { "emfile", emfile_spin, true },
  { "emfile-backoff", emfile_backoff, true },
  { "backlog-overflow", backlog_overflow, true },
  { "dead-peer", dead_peer, true },
  { "forgotten", forgotten, true },
  { "forgotten-closewait", forgotten_closewait, true },
  { "paused", paused, true },
  { "blocked-loop", blocked_loop, true },
  { "blocked-loop-cpu", blocked_loop_cpu, true },
  { "send-stuck", send_stuck, true },
  { "send-stuck-edge", send_stuck_edge, true },
  { "close-wait-heap", close_wait_heap, true },
  { "time-wait-heap", time_wait_heap, true },
  { "time-wait-heap-server", time_wait_heap_server, true },
  { "pipe-hangup", pipe_hangup, true },
  { "poll-caller", poll_caller, false },
  { "ppoll-caller", ppoll_caller, false },
  { "select-caller", select_caller, false },
  { "nested", nested, false },
  { "busy", busy, false },
};

static int list(void)
{
  for (size_t i = 0; i < LEN(animals); i++) {
    printf("%s\n", animals[i].name);
    if (animals[i].has_twin)
      printf("%s-healthy\n", animals[i].name);
  }
  return 0;
}

static const struct animal *find(const char *name)
{
  for (size_t i = 0; i < LEN(animals); i++) {
    const struct animal *a = &animals[i];
    size_t len = strlen(a->name);

    if (strncmp(name, a->name, len) != 0)
      continue;
    healthy = a->has_twin && strcmp(name + len, "-healthy") == 0;
    if (healthy || name[len] == '\0')
      return a;
  }
  return NULL;
}

int main(int argc, char **argv)
{
  const struct animal *a;

  if (argc == 2 && strcmp(argv[1], "--list") == 0)
    return list();
  a = argc >= 2 ? find(argv[1]) : NULL;
  if (a == NULL) {
    fprintf(stderr, "usage: zoo --list | zoo NAME [N]\n");
    return 2;
  }
  if (argc > 2)
    number = atoi(argv[2]);
  alarm(LIFETIME);
  a->run();
  die("the animal ran away");
}
