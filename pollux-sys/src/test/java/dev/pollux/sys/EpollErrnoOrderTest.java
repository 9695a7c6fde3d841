package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which errno wins when a call is wrong in two ways: raw calls, as seen on Linux 6.18. */
@ExtendWith(FdLeakCheck.class)
class EpollErrnoOrderTest {

  private static final int NULL = 0;

  private final Workspace work = new Workspace();
  private final Sys sys = work.sys;
  private final int epfd = work.own(sys.epollCreate1(Linux.EPOLL_CLOEXEC));
  private final EpollEvents event = EpollEvents.allocate(1);

  @AfterEach
  void close() {
    work.close();
  }

  private int add(int fd, int events) {
    return add(epfd, fd, events);
  }

  private int add(int epfd, int fd, int events) {
    event.set(0, events, 0);
    return sys.epollCtl(epfd, Linux.EPOLL_CTL_ADD, fd, event.address());
  }

  private int modify(int fd, int events) {
    event.set(0, events, 0);
    return sys.epollCtl(epfd, Linux.EPOLL_CTL_MOD, fd, event.address());
  }

  @Test
  void add_itselfWithNullEvent_isEfault() {
    assertEquals(-Errno.EFAULT, sys.epollCtl(epfd, Linux.EPOLL_CTL_ADD, epfd, NULL));
  }

  @Test
  void delete_itselfWithNullEvent_isEinval() {
    assertEquals(-Errno.EINVAL, sys.epollCtl(epfd, Linux.EPOLL_CTL_DEL, epfd, NULL));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void wait_maxEventsOutOfRange_isEinval(int maxEvents) {
    assertEquals(-Errno.EINVAL, sys.epollWait(epfd, event.address(), maxEvents, 0));
  }

  @Test
  void wait_maxEventsAtKernelLimit_isFineAndOneAboveIsEinval() {
    int limit = EpollEvents.maxCapacity(Abi.CURRENT);
    assertEquals(Integer.MAX_VALUE / Abi.CURRENT.epollEventSize, limit);
    assertEquals(0, sys.epollWait(epfd, event.address(), limit, 0));
    assertEquals(-Errno.EINVAL, sys.epollWait(epfd, event.address(), limit + 1, 0));
  }

  @Test
  void wait_badDescriptorAndBadMaxEvents_isEbadf() {
    // Kernels before the check was moved behind the look-up of the descriptor say EINVAL.
    int result = sys.epollWait(-1, NULL, -1, 0);
    assertTrue(result == -Errno.EBADF || result == -Errno.EINVAL, () -> "" + result);
    assertEquals(-Errno.EBADF, sys.epollWait(-1, NULL, 1, 0));
  }

  @Test
  void wait_nullEventsAndNothingReady_is0() {
    assertEquals(0, sys.epollWait(epfd, NULL, 1, 0));
  }

  @Test
  void wait_pipe_isEinval() throws SysException {
    assertEquals(-Errno.EINVAL, sys.epollWait(work.pipe()[0], event.address(), 1, 0));
  }

  @Test
  void modify_afterExclusiveAdd_isEinvalWhateverTheMask() {
    int fd = work.eventfd(0);
    assertEquals(0, add(fd, Linux.EPOLLIN | Linux.EPOLLEXCLUSIVE));
    assertEquals(-Errno.EINVAL, modify(fd, Linux.EPOLLIN | Linux.EPOLLEXCLUSIVE));
    assertEquals(-Errno.EINVAL, modify(fd, Linux.EPOLLIN));
    assertEquals(-Errno.EINVAL, modify(fd, 0));
    assertEquals(0, sys.epollCtl(epfd, Linux.EPOLL_CTL_DEL, fd, NULL));
  }

  @ParameterizedTest
  @ValueSource(ints = {Linux.EPOLLONESHOT, Linux.EPOLLPRI, Linux.EPOLLRDHUP, Linux.EPOLLRDNORM})
  void add_exclusiveBesideForbiddenFlag_isEinval(int flag) {
    int fd = work.eventfd(0);
    assertEquals(-Errno.EINVAL, add(fd, Linux.EPOLLIN | Linux.EPOLLEXCLUSIVE | flag));
  }

  @Test
  void add_exclusiveOnEpollDescriptor_isEinval() {
    int inner = work.own(sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    assertEquals(-Errno.EINVAL, add(inner, Linux.EPOLLIN | Linux.EPOLLEXCLUSIVE));
  }

  @Test
  void add_fileWithoutReadiness_isEperm(@TempDir Path dir) throws Throwable {
    List<Integer> fds = new ArrayList<>();
    fds.add(work.open(Files.createFile(dir.resolve("file")), Linux.O_RDWR));
    fds.add(work.open(dir, Linux.O_RDONLY));
    fds.add(work.open("/dev/zero", Linux.O_RDWR));
    fds.add(memfd());
    for (int fd : fds) {
      assertEquals(-Errno.EPERM, add(fd, Linux.EPOLLIN));
      assertEquals(
          -Errno.EPERM,
          sys.epollCtl(epfd, 99, fd, event.address()),
          "the file is looked at before the operation");
    }
  }

  private int memfd() throws Throwable {
    Linker linker = Linker.nativeLinker();
    var create =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("memfd_create"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    return work.own((int) create.invokeExact(work.arena.allocateFrom("pollux"), 0));
  }

  @Test
  void add_pathDescriptor_isEbadf() throws IOException {
    assertEquals(-Errno.EBADF, add(work.open("/tmp", Linux.O_PATH), Linux.EPOLLIN));
  }

  @Test
  void add_nestedDeeperThanFive_isEloopOrEinval() {
    int target = work.eventfd(0);
    int inner = target;
    int levels = 0;
    int result = 0;
    while (result == 0 && levels < 10) {
      int outer = work.own(sys.epollCreate1(Linux.EPOLL_CLOEXEC));
      result = add(outer, inner, Linux.EPOLLIN);
      if (result == 0) {
        levels++;
        inner = outer;
      }
    }
    assertTrue(result == -Errno.ELOOP || result == -Errno.EINVAL, Errno.name(-result));
    assertEquals(5, levels);
  }

  @Test
  void add_cycleOfThree_isEloop() {
    int second = work.own(sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    int third = work.own(sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    assertEquals(0, add(epfd, second, Linux.EPOLLIN));
    assertEquals(0, add(second, third, Linux.EPOLLIN));
    assertEquals(-Errno.ELOOP, add(third, epfd, Linux.EPOLLIN));
  }
}
