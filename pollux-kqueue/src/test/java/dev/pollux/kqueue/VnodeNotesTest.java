package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The notes of {@code EVFILT_VNODE}, one by one. */
class VnodeNotesTest extends KqueueCase {

  private static final int DELETED = Kevent.NOTE_DELETE;
  private static final int WRITTEN = Kevent.NOTE_WRITE;
  private static final int EXTENDED = Kevent.NOTE_EXTEND;
  private static final int LINKED = Kevent.NOTE_LINK;
  private static final int RENAMED = Kevent.NOTE_RENAME;
  private static final int OPENED = Kevent.NOTE_OPEN;
  private static final int CLOSED = Kevent.NOTE_CLOSE;
  private static final int CLOSED_WRITE = Kevent.NOTE_CLOSE_WRITE;
  private static final int WAS_READ = Kevent.NOTE_READ;
  private static final int ALL = 0x7ff;

  private int fd;

  @BeforeEach
  void makeFile() {
    fd = file("a");
  }

  private void watch(int watched, int fflags) throws Exception {
    change(watched, VNODE, ADD | CLEAR, fflags, 0);
  }

  private int folder(String name) {
    assertEquals(0, sys.mkdir(path(name), 0755));
    return file(name, 0);
  }

  private void assertTold(int fflags) throws Exception {
    List<String> said = now();
    assertEquals(1, said.size(), said::toString);
    assertEquals(fflags, events.fflags(0), () -> Integer.toHexString(events.fflags(0)));
    assertEquals(0, events.data(0));
    assertEquals(List.of(), now());
  }

  // ---- each note

  @Test
  void write_isToldForEachWrite() throws Exception {
    watch(fd, WRITTEN);
    for (int i = 0; i < 3; i++) {
      write(fd, 1);
      assertTold(WRITTEN);
    }
  }

  @Test
  void extend_isToldWhenItGrows_alone() throws Exception {
    write(file("a"), 2);
    watch(fd, EXTENDED);
    write(fd, 1);
    assertEquals(List.of(), now());
    write(fd, 4);
    assertTold(EXTENDED);
  }

  @Test
  void truncate_isAWrite_thatExtendsNothing() throws Exception {
    write(fd, 3);
    watch(fd, WRITTEN | EXTENDED);
    int _ = file("a", Linux.O_RDWR | Linux.O_TRUNC);
    assertTold(WRITTEN);
  }

  @Test
  void truncatedFile_thatIsWritten_isExtended() throws Exception {
    write(fd, 3);
    watch(fd, EXTENDED);
    int other = file("a", Linux.O_RDWR | Linux.O_TRUNC);
    assertEquals(List.of(), now());
    write(other, 1);
    assertTold(EXTENDED);
  }

  @Test
  void open_isTold_andWhoClosesWithoutWriting() throws Exception {
    watch(fd, OPENED | CLOSED | CLOSED_WRITE);
    int other = file("a", Linux.O_RDONLY);
    assertTold(OPENED);
    close(other);
    assertTold(CLOSED);
  }

  @Test
  void closeOfAWriter_isAnother() throws Exception {
    int other = file("a");
    watch(fd, OPENED | CLOSED | CLOSED_WRITE);
    close(other);
    assertTold(CLOSED_WRITE);
  }

  @Test
  void closeOfADuplicate_isNone() throws Exception {
    int copy = dup(fd);
    watch(fd, CLOSED | CLOSED_WRITE);
    close(copy);
    assertEquals(List.of(), now());
  }

  @Test
  void read_isTold() throws Exception {
    write(fd, 3);
    int other = file("a");
    watch(fd, WAS_READ | WRITTEN);
    assertEquals(3, read(other, 9));
    assertTold(WAS_READ);
  }

  @Test
  void delete_isToldWhileItIsOpen() throws Exception {
    watch(fd, DELETED);
    assertEquals(0, sys.unlink(path("a")));
    assertTold(DELETED);
    write(fd, 1);
    assertEquals(List.of(), now());
  }

  @Test
  void deletedFile_isWatchedOn() throws Exception {
    watch(fd, DELETED | WRITTEN);
    assertEquals(0, sys.unlink(path("a")));
    assertTold(DELETED);
    write(fd, 1);
    assertTold(WRITTEN);
    change(fd, VNODE, DELETE);
  }

  @Test
  void rename_isTold_toTheFile_underItsNewNameToo() throws Exception {
    watch(fd, RENAMED | DELETED);
    assertEquals(0, sys.rename(path("a"), path("b")));
    assertTold(RENAMED);
    assertEquals(0, sys.rename(path("b"), path("c")));
    assertTold(RENAMED);
    assertEquals(0, sys.unlink(path("c")));
    assertTold(DELETED);
  }

  @Test
  void fileThatTakesTheName_isAnother() throws Exception {
    watch(fd, ALL & ~(OPENED | CLOSED | CLOSED_WRITE));
    assertEquals(0, sys.unlink(path("a")));
    assertTold(DELETED);
    write(file("a"), 1);
    assertEquals(List.of(), now());
  }

  // ---- folders

  @Test
  void folder_isWritten_whenAFileComes_orGoes() throws Exception {
    int folder = folder("d");
    watch(folder, WRITTEN);
    int _ = file("d/x");
    assertTold(WRITTEN);
    assertEquals(0, sys.rename(path("d/x"), path("d/y")));
    assertTold(WRITTEN);
    assertEquals(0, sys.unlink(path("d/y")));
    assertTold(WRITTEN);
  }

  @Test
  void folder_isWritten_whenAFileIsMovedIn_orOut() throws Exception {
    int folder = folder("d");
    watch(folder, WRITTEN);
    assertEquals(0, sys.rename(path("a"), path("d/a")));
    assertTold(WRITTEN);
    assertEquals(0, sys.rename(path("d/a"), path("a")));
    assertTold(WRITTEN);
  }

  @Test
  void folder_hasALinkMore_orLess_byAFolderInIt() throws Exception {
    int folder = folder("d");
    watch(folder, LINKED);
    assertEquals(0, sys.mkdir(path("d/x"), 0755));
    assertTold(LINKED);
    assertEquals(0, sys.rmdir(path("d/x")));
    assertTold(LINKED);
  }

  @Test
  void folder_hasNoLinkMore_byAFileInIt() throws Exception {
    int folder = folder("d");
    watch(folder, LINKED);
    int _ = file("d/x");
    assertEquals(List.of(), now());
  }

  @Test
  void folder_thatIsRenamed_isTold() throws Exception {
    int folder = folder("d");
    watch(folder, RENAMED | WRITTEN);
    assertEquals(0, sys.rename(path("d"), path("e")));
    assertTold(RENAMED);
    int _ = file("e/x");
    assertTold(WRITTEN);
  }

  @Test
  void writeToAFileInAFolder_isNoneToTheFolder() throws Exception {
    int folder = folder("d");
    int in = file("d/x");
    watch(folder, WRITTEN | EXTENDED | Kevent.NOTE_ATTRIB);
    write(in, 1);
    assertEquals(List.of(), now());
  }

  // ---- how they are told

  @Test
  void notes_areGathered_untilTheyAreTaken() throws Exception {
    watch(fd, WRITTEN | RENAMED);
    write(fd, 1);
    assertEquals(0, sys.rename(path("a"), path("b")));
    write(fd, 1);
    assertTold(WRITTEN | RENAMED);
  }

  @Test
  void withoutClear_notesStay() throws Exception {
    change(fd, VNODE, ADD, WRITTEN | RENAMED, 0);
    write(fd, 1);
    for (int i = 0; i < 3; i++) {
      assertEquals(1, now().size());
      assertEquals(WRITTEN, events.fflags(0));
    }
  }

  @Test
  void addedAgain_waitsForOthers() throws Exception {
    watch(fd, WRITTEN);
    watch(fd, RENAMED);
    write(fd, 1);
    assertEquals(List.of(), now());
    assertEquals(0, sys.rename(path("a"), path("b")));
    assertTold(RENAMED);
  }

  @Test
  void whatHappenedBefore_isNotTold() throws Exception {
    write(fd, 1);
    watch(fd, ALL);
    assertEquals(List.of(), now());
  }

  @Test
  void whatHappenedBeforeItWasDeletedAndAdded_isNotTold() throws Exception {
    watch(fd, WRITTEN);
    write(fd, 1);
    change(fd, VNODE, DELETE);
    watch(fd, WRITTEN);
    assertEquals(List.of(), now());
  }

  @Test
  void noNotes_areNone() throws Exception {
    watch(fd, 0);
    write(fd, 1);
    assertEquals(List.of(), now());
    change(fd, VNODE, DELETE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x800, 0x1000, 0x4000_0000, Integer.MIN_VALUE})
  void notesThatAreNone_areEinval(int fflags) throws Exception {
    assertEquals(Errno.EINVAL, errno(() -> watch(fd, WRITTEN | fflags)));
    watch(fd, WRITTEN);
    assertEquals(Errno.EINVAL, errno(() -> watch(fd, fflags)));
    write(fd, 1);
    assertTold(WRITTEN);
  }

  @Test
  void socketsAndListeners_areEinval() throws Exception {
    for (int each : new int[] {pair()[0], listener(), pair(Linux.SOCK_DGRAM)[0]}) {
      assertEquals(Errno.EINVAL, errno(() -> watch(each, WRITTEN)));
    }
  }

  @Test
  void manyHappenings_areOneEvent() throws Exception {
    watch(fd, WRITTEN | OPENED | CLOSED);
    for (int i = 0; i < 300; i++) {
      close(file("a", Linux.O_RDONLY));
      write(fd, 1);
    }
    assertTold(WRITTEN | OPENED | CLOSED);
  }

  @Test
  void queues_areBothTold() throws Exception {
    Kqueue other = another();
    watch(fd, WRITTEN);
    other.change(fd, VNODE, ADD, RENAMED, 0, 0);
    write(fd, 1);
    assertTold(WRITTEN);
    assertEquals(0, other.kevent(null, events, 0));
    assertEquals(0, sys.rename(path("a"), path("b")));
    assertEquals(1, other.kevent(null, events, 0));
  }
}
