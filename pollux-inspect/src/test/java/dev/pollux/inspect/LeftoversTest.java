package dev.pollux.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Epoll;
import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What this process leaves behind, and what was there before. */
class LeftoversTest {

  private final Sys sys = NativeSys.open();

  private static List<Disease> diseases(List<Finding> findings) {
    return findings.stream().map(Finding::disease).toList();
  }

  private void close(int... fds) {
    for (int fd : fds) {
      assertEquals(0, sys.close(fd));
    }
  }

  @Test
  void now_whereAllWasClosed_isEmpty() throws Exception {
    Leftovers leftovers = Leftovers.before(sys);
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    close(pair);
    assertEquals(List.of(), leftovers.now());
  }

  @Test
  void now_namesEachDescriptorThatIsOpen_butNotThoseFromBefore() throws Exception {
    int[] before = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    Leftovers leftovers = Leftovers.before(sys);
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    int event = sys.eventfd(0, 0);
    List<Finding> left = leftovers.now();
    close(pair);
    close(before);
    close(event);
    assertEquals(
        List.of(pair[0], pair[1], event),
        left.stream().map(each -> each.fds().getFirst()).toList());
    assertTrue(left.getFirst().evidence().getFirst().endsWith("was not closed"), left::toString);
    assertEquals(List.of(), leftovers.now());
  }

  @Test
  void now_findsAnOrphan_andAOneshotThatHasFired() throws Exception {
    try (Epoll epoll = Epoll.create(sys)) {
      int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      Leftovers leftovers = Leftovers.before(sys);
      epoll.add(pair[0], Linux.EPOLLOUT | Linux.EPOLLONESHOT, 1);
      assertEquals(List.of(), leftovers.now());
      assertEquals(1, epoll.await(EpollEvents.allocate(1), 0));
      assertEquals(List.of(Disease.ONESHOT_NOT_ARMED), diseases(leftovers.now()));
      epoll.modify(pair[0], Linux.EPOLLOUT | Linux.EPOLLONESHOT, 1);
      assertEquals(List.of(), leftovers.now());
      int copy = sys.fcntl(pair[0], Linux.F_DUPFD_CLOEXEC, 0);
      close(pair[0]);
      List<Finding> left = leftovers.now();
      assertEquals(List.of(Disease.ORPHAN, Disease.FORGOTTEN), diseases(left)); // and the copy
      assertEquals(Confidence.CERTAIN, left.getFirst().confidence());
      assertEquals(List.of(Disease.FORGOTTEN), diseases(leftovers.now()).subList(1, 2));
      Leftovers later = Leftovers.before(sys);
      assertEquals(List.of(), later.now()); // it was there before
      close(copy, pair[1]);
    }
  }
}
