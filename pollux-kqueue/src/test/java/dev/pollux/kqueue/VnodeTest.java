package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Errno;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code EVFILT_VNODE}: what happens to a file, told once each time or again and again. */
class VnodeTest extends KqueueCase {

  private static final int ALL =
      Kevent.NOTE_DELETE
          | Kevent.NOTE_WRITE
          | Kevent.NOTE_EXTEND
          | Kevent.NOTE_ATTRIB
          | Kevent.NOTE_LINK
          | Kevent.NOTE_RENAME
          | Kevent.NOTE_REVOKE;

  private int watched(String name, int fflags) throws Exception {
    int fd = file(name);
    change(fd, VNODE, ADD | CLEAR, fflags, 0);
    return fd;
  }

  private int what() throws Exception {
    List<String> said = now();
    assertEquals(1, said.size(), said::toString);
    assertEquals(VNODE, events.filter(0));
    return events.fflags(0);
  }

  @Test
  void write_thatExtends_andOneThatDoesNot() throws Exception {
    int fd = watched("a", ALL);
    assertEquals(List.of(), now());
    write(fd, 3);
    assertEquals(Kevent.NOTE_WRITE | Kevent.NOTE_EXTEND, what());
    int other = file("a");
    write(other, 2);
    assertEquals(Kevent.NOTE_WRITE, what());
    assertEquals(List.of(), now());
  }

  @Test
  void unlink_isADelete() throws Exception {
    int _ = watched("a", ALL);
    assertEquals(0, sys.unlink(path("a")));
    assertEquals(Kevent.NOTE_DELETE, what());
  }

  @Test
  void rename_isOne_andADeleteOfWhatIsReplaced() throws Exception {
    int a = watched("a", ALL);
    int b = watched("b", ALL);
    assertEquals(0, sys.rename(path("a"), path("b")));
    assertEquals(2, now().size());
    for (int i = 0; i < 2; i++) {
      int expected = events.ident(i) == a ? Kevent.NOTE_RENAME : Kevent.NOTE_DELETE;
      assertEquals(expected, events.fflags(i), events.text(i));
    }
    assertEquals(b, Math.max(events.ident(0), events.ident(1)));
  }

  @Test
  void folder_isWritten_whenEntriesComeAndGo() throws Exception {
    assertEquals(0, sys.mkdir(path("d"), 0755));
    int fd = file("d", 0);
    change(fd, VNODE, ADD | CLEAR, ALL, 0);
    int in = file("d/x");
    assertEquals(Kevent.NOTE_WRITE, what());
    write(in, 1);
    assertEquals(List.of(), now());
    assertEquals(0, sys.mkdir(path("d/y"), 0755));
    assertEquals(Kevent.NOTE_WRITE | Kevent.NOTE_LINK, what());
  }

  @Test
  void whatWasNotAskedFor_isNotTold() throws Exception {
    int fd = watched("a", Kevent.NOTE_DELETE);
    write(fd, 1);
    assertEquals(List.of(), now());
  }

  @Test
  void withoutClear_itIsToldAgain() throws Exception {
    int fd = file("a");
    change(fd, VNODE, ADD, Kevent.NOTE_WRITE, 0);
    write(fd, 1);
    assertEquals(Kevent.NOTE_WRITE, what());
    assertEquals(Kevent.NOTE_WRITE, what());
  }

  @Test
  void descriptorOfNoFile_isEinval() throws Exception {
    int[] pipe = pipe();
    assertEquals(Errno.EINVAL, errno(() -> change(pipe[0], VNODE, ADD, ALL, 0)));
    assertEquals(Errno.EINVAL, errno(() -> change(queue.fd(), VNODE, ADD, ALL, 0)));
    assertEquals(Errno.EBADF, errno(() -> change(987, VNODE, ADD, ALL, 0)));
  }

  @Test
  void closedDescriptor_tellsNothing() throws Exception {
    int fd = watched("a", ALL);
    int other = file("a");
    close(fd);
    write(other, 1);
    assertEquals(List.of(), now());
    assertEquals(Errno.EBADF, errno(() -> change(fd, VNODE, DELETE)));
  }
}
