package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code EVFILT_VNODE}: several things before one wait, moves, what happens while it is off. */
class VnodeHardCasesTest extends KqueueCase {

  private static final int DELETED = Kevent.NOTE_DELETE;
  private static final int WRITTEN = Kevent.NOTE_WRITE;
  private static final int EXTENDED = Kevent.NOTE_EXTEND;
  private static final int LINKED = Kevent.NOTE_LINK;
  private static final int RENAMED = Kevent.NOTE_RENAME;

  private int folder(String name) {
    assertEquals(0, sys.mkdir(path(name), 0755));
    return file(name, 0);
  }

  private int watched(int fd, int fflags) throws Exception {
    change(fd, VNODE, ADD | CLEAR, fflags, 0);
    return fd;
  }

  private void assertTold(int fflags) throws Exception {
    assertEquals(1, now().size());
    assertEquals(fflags, events.fflags(0), () -> Integer.toHexString(events.fflags(0)));
  }

  @Test
  void writeAndUnlink_beforeOneWait_areBothTold() throws Exception {
    int fd = watched(file("a"), WRITTEN | DELETED);
    write(fd, 1);
    assertEquals(0, sys.unlink(path("a")));
    assertTold(WRITTEN | DELETED);
  }

  @Test
  void openAndExtend_beforeOneWait_areBothTold() throws Exception {
    int _ = watched(file("a"), WRITTEN | EXTENDED | Kevent.NOTE_OPEN);
    write(file("a"), 1);
    assertTold(WRITTEN | EXTENDED | Kevent.NOTE_OPEN);
  }

  @Test
  void closeAndExtend_beforeOneWait_areTold() throws Exception {
    int other = file("a");
    int fd = watched(file("a"), WRITTEN | EXTENDED);
    close(other);
    write(fd, 1);
    assertTold(WRITTEN | EXTENDED);
  }

  @Test
  void whatIsDueAlready_isToldWithWhatCameSince() throws Exception {
    int fd = file("a");
    change(fd, VNODE, ADD, WRITTEN | RENAMED, 0);
    write(fd, 1);
    assertTold(WRITTEN);
    assertEquals(0, sys.rename(path("a"), path("b")));
    assertTold(WRITTEN | RENAMED);
  }

  @Test
  void fileThatIsMovedIn_extendsTheFolder() throws Exception {
    int _ = file("a");
    int _ = watched(folder("d"), WRITTEN | EXTENDED);
    assertEquals(0, sys.rename(path("a"), path("d/a")));
    assertTold(WRITTEN | EXTENDED);
  }

  @Test
  void fileThatIsMovedOut_extendsTheFolder() throws Exception {
    int folder = folder("d");
    int _ = file("d/a");
    int _ = watched(folder, WRITTEN | EXTENDED);
    assertEquals(0, sys.rename(path("d/a"), path("a")));
    assertTold(WRITTEN | EXTENDED);
  }

  @Test
  void folderThatIsRenamedInAFolder_isNoLinkMore() throws Exception {
    int folder = folder("d");
    assertEquals(0, sys.mkdir(path("d/x"), 0755));
    int _ = watched(folder, LINKED);
    assertEquals(0, sys.rename(path("d/x"), path("d/y")));
    assertEquals(List.of(), now());
  }

  @Test
  void enabledAlone_tellsWhatHappenedMeanwhile() throws Exception {
    int fd = file("a");
    change(fd, VNODE, ADD | CLEAR | DISABLE, WRITTEN, 0);
    write(fd, 1);
    assertEquals(List.of(), now());
    change(fd, VNODE, ENABLE);
    assertTold(WRITTEN);
  }

  @Test
  void disabledAlone_holdsBackWhatHappened() throws Exception {
    int fd = file("a");
    change(fd, VNODE, ADD | CLEAR, WRITTEN, 0);
    write(fd, 1);
    change(fd, VNODE, DISABLE);
    assertEquals(List.of(), now());
    change(fd, VNODE, ENABLE);
    assertTold(WRITTEN);
  }
}
