package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every errno of the man pages of epoll, produced on purpose. */
@ExtendWith(FdLeakCheck.class)
class EpollErrnoTest {

  private static final Path MAX_USER_WATCHES = MaxUserWatches.FILE;

  private final Workspace work = new Workspace();
  private final Sys sys = work.sys;
  private Epoll epoll;

  @BeforeEach
  void open() throws SysException {
    epoll = Epoll.create(sys);
  }

  @AfterEach
  void close() {
    epoll.close();
    work.close();
  }

  private static SysException fails(int errno, Executable call) {
    SysException e = assertThrows(SysException.class, call);
    assertEquals(Errno.name(errno), e.errnoName(), e::getMessage);
    assertEquals(errno, e.errno());
    return e;
  }

  // epoll_create(2)

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void create_withoutPositiveSize_isEinval(int size) {
    SysException e = fails(Errno.EINVAL, () -> Epoll.createWithSize(sys, size).close());
    assertEquals(
        "epoll_create(size=" + size + "): EINVAL (22) the size must be positive", e.getMessage());
  }

  @Test
  void create1_unknownFlag_isEinval() {
    assertEquals(-Errno.EINVAL, sys.epollCreate1(1));
  }

  @Test
  void create_atDescriptorLimit_isEmfile() throws SysException {
    fails(Errno.EINVAL, () -> Epoll.createWithSize(sys, 0)); // loads the classes, which needs files
    try (DescriptorLimit _ = DescriptorLimit.lowerTo(sys, 3)) {
      SysException e = fails(Errno.EMFILE, () -> Epoll.create(sys));
      assertTrue(e.getMessage().startsWith("epoll_create1(EPOLL_CLOEXEC): EMFILE (24) "));
      fails(Errno.EMFILE, () -> Epoll.createWithSize(sys, 1));
    }
    Epoll.create(sys).close();
  }

  @ParameterizedTest(name = "errno {0}")
  @DisplayName("create fails as the system does [injected: the machine cannot be exhausted here]")
  @ValueSource(ints = {Errno.ENFILE, Errno.ENOMEM})
  void create_injected_namesErrno(int errno) {
    Sys faulty = new FaultySys().fail("epollCreate1", errno).fail("epollCreate", errno).sys();
    fails(errno, () -> Epoll.create(faulty));
    fails(errno, () -> Epoll.createWithSize(faulty, 1));
  }

  // epoll_ctl(2)

  @Test
  void ctl_closedTarget_isEbadf() throws SysException {
    int fd = work.high(work.eventfd(0));
    work.close(fd);
    SysException e = fails(Errno.EBADF, () -> epoll.add(fd, Linux.EPOLLIN, 0));
    assertEquals(
        "epoll_ctl(ADD, fd=" + fd + "): EBADF (9) the epoll descriptor or the target is not open",
        e.getMessage());
    fails(Errno.EBADF, () -> epoll.modify(fd, Linux.EPOLLIN, 0));
    fails(Errno.EBADF, () -> epoll.delete(fd));
    fails(Errno.EBADF, () -> epoll.add(-1, Linux.EPOLLIN, 0));
  }

  @Test
  void ctl_closedEpollDescriptor_isEbadf() {
    int target = work.eventfd(0);
    EpollEvents event = EpollEvents.allocate(1);
    assertEquals(-Errno.EBADF, sys.epollCtl(-1, Linux.EPOLL_CTL_ADD, target, event.address()));
  }

  @Test
  void add_twice_isEexist() throws SysException {
    int fd = work.eventfd(0);
    epoll.add(fd, Linux.EPOLLIN, 0);
    SysException e = fails(Errno.EEXIST, () -> epoll.add(fd, Linux.EPOLLOUT, 1));
    assertEquals("epoll_ctl(ADD, fd=" + fd + "): EEXIST (17) already registered", e.getMessage());
  }

  @Test
  void ctl_notAnEpollDescriptor_isEinval() throws SysException {
    int[] pipe = work.pipe();
    EpollEvents event = EpollEvents.allocate(1);
    assertEquals(
        -Errno.EINVAL, sys.epollCtl(pipe[0], Linux.EPOLL_CTL_ADD, pipe[1], event.address()));
  }

  @Test
  void add_itself_isEinval() {
    fails(Errno.EINVAL, () -> epoll.add(epoll.fd(), Linux.EPOLLIN, 0));
  }

  @Test
  void ctl_unknownOperation_isEinval() {
    int fd = work.eventfd(0);
    EpollEvents event = EpollEvents.allocate(1);
    assertEquals(-Errno.EINVAL, sys.epollCtl(epoll.fd(), 4, fd, event.address()));
    assertEquals(-Errno.EINVAL, sys.epollCtl(epoll.fd(), 0, fd, event.address()));
  }

  @Test
  void modify_orDelete_unregistered_isEnoent() {
    int fd = work.eventfd(0);
    SysException e = fails(Errno.ENOENT, () -> epoll.modify(fd, Linux.EPOLLIN, 0));
    assertEquals("epoll_ctl(MOD, fd=" + fd + "): ENOENT (2) not registered", e.getMessage());
    e = fails(Errno.ENOENT, () -> epoll.delete(fd));
    assertEquals("epoll_ctl(DEL, fd=" + fd + "): ENOENT (2) not registered", e.getMessage());
  }

  @Test
  @DisplayName("add without kernel memory is ENOMEM [injected: memory cannot be exhausted here]")
  void add_withoutMemory_isEnomem() throws SysException {
    try (Epoll faulty = Epoll.create(new FaultySys().fail("epollCtl", Errno.ENOMEM).sys())) {
      SysException e = fails(Errno.ENOMEM, () -> faulty.add(0, Linux.EPOLLIN, 0));
      assertTrue(e.getMessage().endsWith("ENOMEM (12) no kernel memory for this registration"));
    }
  }

  @Test
  @DisplayName(
      "add at the limit of watches is ENOSPC [injected; real too where CI is set, by root]")
  void add_atLimitOfWatches_isEnospc() throws IOException {
    int fd = work.eventfd(0);
    SysException e;
    // The limit is the whole machine's: it is lowered on a machine that exists for this only.
    if (System.getenv("CI") != null && Files.isWritable(MAX_USER_WATCHES)) {
      EpollEvents event = EpollEvents.allocate(1);
      int result;
      try (MaxUserWatches _ = MaxUserWatches.lowerTo(0)) { // for all users: as short as can be
        result = sys.epollCtl(epoll.fd(), Linux.EPOLL_CTL_ADD, fd, event.address());
      }
      assertEquals(-Errno.ENOSPC, result);
      epoll.add(fd, Linux.EPOLLIN, 0);
    }
    try (Epoll faulty = Epoll.create(new FaultySys().fail("epollCtl", Errno.ENOSPC).sys())) {
      e = fails(Errno.ENOSPC, () -> faulty.add(fd, Linux.EPOLLIN, 0));
      assertTrue(e.getMessage().endsWith("see " + MAX_USER_WATCHES), e::getMessage);
    }
  }

  @Test
  void add_fileWithoutReadiness_isEperm(@TempDir Path dir) throws IOException {
    int file = work.open(Files.createFile(dir.resolve("file")), Linux.O_RDONLY);
    int directory = work.open(dir, Linux.O_RDONLY);
    int devNull = work.open("/dev/null", Linux.O_RDONLY);
    int devZero = work.open("/dev/zero", Linux.O_RDONLY);
    for (int fd : new int[] {file, directory, devNull, devZero}) {
      fails(Errno.EPERM, () -> epoll.add(fd, Linux.EPOLLIN, 0));
      fails(Errno.EPERM, () -> epoll.modify(fd, Linux.EPOLLIN, 0)); // before ENOENT is looked for
      fails(Errno.EPERM, () -> epoll.delete(fd));
    }
  }

  @Test
  void add_closingCycle_isEloop() throws SysException {
    try (Epoll inner = Epoll.create(sys)) {
      epoll.add(inner.fd(), Linux.EPOLLIN, 0);
      SysException e = fails(Errno.ELOOP, () -> inner.add(epoll.fd(), Linux.EPOLLIN, 0));
      assertTrue(e.getMessage().contains("cycle"), e::getMessage);
    }
  }

  // epoll_wait(2), epoll_pwait(2), epoll_pwait2(2)

  @Test
  void wait_notAnOpenDescriptor_isEbadf() throws SysException {
    EpollEvents events = EpollEvents.allocate(1);
    int epfd = work.high(work.own(sys.epollCreate1(Linux.EPOLL_CLOEXEC)));
    Epoll gone = Epoll.create(new FaultySys().answer("epollCreate1", epfd).sys());
    work.close(epfd); // behind its back
    fails(Errno.EBADF, () -> gone.await(events, 0));
    fails(Errno.EBADF, () -> gone.await(events, 0, SignalSet.empty()));
    SysException e = fails(Errno.EBADF, () -> gone.awaitNanos(events, 0));
    assertEquals(
        "epoll_wait(epfd=" + epfd + "): EBADF (9) the epoll descriptor is not open",
        e.getMessage());
  }

  @Test
  void wait_unwritableMemory_isEfault() throws SysException {
    epoll.add(work.eventfd(1), Linux.EPOLLIN, 0);
    long unmapped = 64;
    assertEquals(-Errno.EFAULT, sys.epollWait(epoll.fd(), unmapped, 1, 0));
    assertEquals(-Errno.EFAULT, sys.epollPwait(epoll.fd(), unmapped, 1, 0, 0));
    assertEquals(
        KernelVersion.hasEpollPwait2() ? -Errno.EFAULT : -Errno.ENOSYS,
        sys.epollPwait2(epoll.fd(), unmapped, 1, Scratch.timespec().set(0), 0));
    EpollEvents events = EpollEvents.allocate(1);
    assertEquals(1, epoll.await(events, 0)); // the event was not lost
  }

  @Test
  void wait_notAnEpollDescriptor_isEinval() throws SysException {
    EpollEvents events = EpollEvents.allocate(1);
    assertEquals(-Errno.EINVAL, sys.epollWait(work.pipe()[0], events.address(), 1, 0));
  }

  @Test
  @DisplayName("wait fails with the meaning of each errno [injected]")
  void wait_injected_namesMeaning() throws SysException {
    EpollEvents events = EpollEvents.allocate(1);
    FaultySys faults = new FaultySys();
    try (Epoll faulty = Epoll.create(faults.sys())) {
      faults.fail("epollWait", Errno.EINVAL).fail("epollPwait", Errno.EFAULT);
      String epfd = "(epfd=" + faulty.fd() + "): ";
      SysException e = fails(Errno.EINVAL, () -> faulty.await(events, 0));
      assertEquals(
          "epoll_wait"
              + epfd
              + "EINVAL (22) not an epoll descriptor, or no room for even one event",
          e.getMessage());
      e = fails(Errno.EFAULT, () -> faulty.await(events, 0, SignalSet.full()));
      assertEquals(
          "epoll_pwait" + epfd + "EFAULT (14) the memory for the events is not writable",
          e.getMessage());
    }
  }

  @Test
  @DisplayName("an interrupted wait returns INTERRUPTED [injected]")
  void wait_injectedEintr_returnsInterrupted() throws SysException {
    EpollEvents events = EpollEvents.allocate(1);
    FaultySys faults = new FaultySys();
    try (Epoll faulty = Epoll.create(faults.sys())) {
      faults.fail("epollWait", Errno.EINTR);
      faults.fail("epollPwait", Errno.EINTR).fail("epollPwait2", Errno.EINTR);
      assertEquals(Epoll.INTERRUPTED, faulty.await(events, -1));
      assertEquals(Epoll.INTERRUPTED, faulty.await(events, -1, SignalSet.empty()));
      assertEquals(Epoll.INTERRUPTED, faulty.awaitNanos(events, -1));
    }
  }
}
