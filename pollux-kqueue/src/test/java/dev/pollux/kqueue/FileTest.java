package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code EVFILT_READ} and {@code EVFILT_WRITE} of regular files: the distance to the end. */
class FileTest extends KqueueCase {

  @Test
  void file_isReadable_unlessAtItsEnd() throws Exception {
    int fd = file("a");
    int other = file("a");
    change(fd, READ, ADD);
    assertEquals(List.of(), now());
    write(other, 5);
    assertEquals(List.of(readable(fd, 5)), within(LONG));
    assertEquals(2, read(fd, 2));
    assertEquals(List.of(readable(fd, 3)), now());
    assertEquals(3, read(fd, 9));
    assertEquals(List.of(), now());
    write(other, 1);
    assertEquals(List.of(readable(fd, 1)), within(LONG));
  }

  @Test
  void file_behindItsEnd_saysSo() throws Exception {
    int fd = file("a");
    write(fd, 5);
    change(fd, READ, ADD);
    int other = file("a", Linux.O_RDWR | Linux.O_TRUNC);
    write(other, 2);
    assertEquals(List.of(readable(fd, -3)), within(LONG));
  }

  @Test
  void file_canBeWritten() throws Exception {
    int fd = file("a");
    change(fd, WRITE, ADD);
    assertEquals(List.of("WRITE " + fd + " 0"), now());
    assertEquals(List.of("WRITE " + fd + " 0"), now());
    change(fd, WRITE, DISABLE);
    assertEquals(List.of(), now());
  }

  @Test
  void clear_isOnceForEachWrite() throws Exception {
    int fd = file("a");
    int other = file("a");
    change(fd, READ, ADD | CLEAR);
    write(other, 5);
    assertEquals(List.of(readable(fd, 5)), within(LONG));
    assertEquals(List.of(), now());
    write(other, 5);
    assertEquals(List.of(readable(fd, 10)), within(LONG));
  }

  @Test
  void oneshotAndDispatch_areAsElsewhere() throws Exception {
    int fd = file("a");
    int other = file("a");
    write(other, 1);
    change(fd, READ, ADD | ONESHOT);
    change(fd, WRITE, ADD | DISPATCH);
    assertEquals(2, now().size());
    assertEquals(List.of(), now());
    change(fd, WRITE, ENABLE);
    assertEquals(1, now().size());
  }

  @Test
  void descriptors_thatShareAPosition_areBothToldOfIt() throws Exception {
    int fd = file("a");
    int copy = dup(fd);
    write(file("a"), 4);
    change(fd, READ, ADD);
    assertEquals(List.of(readable(fd, 4)), within(LONG));
    assertEquals(3, read(copy, 3));
    assertEquals(List.of(readable(fd, 1)), now());
    assertEquals(1, read(copy, 3));
    assertEquals(List.of(), now());
  }

  @Test
  void file_atItsEnd_isNoEnd() throws Exception {
    int fd = file("a");
    write(file("a"), 4);
    change(fd, READ, ADD | CLEAR);
    assertEquals(1, within(LONG).size());
    assertEquals(0, events.flags(0) & EOF);
    assertEquals(0, events.fflags(0));
  }

  @Test
  void file_thatIsAppendedTo_isReadable() throws Exception {
    int fd = file("a");
    int end = file("a", Linux.O_WRONLY | Linux.O_APPEND);
    write(fd, 3);
    change(fd, READ, ADD);
    assertEquals(List.of(), now());
    write(end, 2);
    assertEquals(List.of(readable(fd, 2)), within(LONG));
  }

  @Test
  void file_thatIsEmptied_isQuiet() throws Exception {
    int fd = file("a");
    write(file("a"), 3);
    change(fd, READ, ADD);
    assertEquals(List.of(readable(fd, 3)), within(LONG));
    int _ = file("a", Linux.O_RDWR | Linux.O_TRUNC);
    assertEquals(List.of(), now());
  }

  @Test
  void file_wakesWhoWaits() throws Exception {
    int fd = file("a");
    int other = file("a");
    change(fd, READ, ADD);
    CompletableFuture<Integer> waiter = waiting(queue, Kevents.allocate(1));
    write(other, 1);
    assertEquals(1, get(waiter));
  }

  @Test
  void file_withoutAName_isReadable() throws Exception {
    int fd = file("a");
    int other = file("a");
    assertEquals(0, sys.unlink(path("a")));
    change(fd, READ, ADD);
    assertEquals(List.of(), now());
    write(other, 1);
    assertEquals(List.of(readable(fd, 1)), within(LONG));
  }

  @Test
  void renamedFile_isReadable() throws Exception {
    int fd = file("a");
    int other = file("a");
    change(fd, READ, ADD);
    assertEquals(0, sys.rename(path("a"), path("b")));
    write(other, 1);
    assertEquals(List.of(readable(fd, 1)), within(LONG));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Kevent.EV_CLEAR, Kevent.EV_DISPATCH})
  void write_ofAFile_isAsTheFlagsSay(int how) throws Exception {
    int fd = file("a");
    change(fd, WRITE, ADD | how);
    assertEquals(List.of(writable(fd, 0)), now());
    assertEquals(how == 0 ? 1 : 0, now().size());
  }

  @Test
  void folder_isReadable() throws Exception {
    assertEquals(0, sys.mkdir(path("d"), 0755));
    int fd = file("d", 0);
    change(fd, READ, ADD);
    assertEquals(1, now().size());
    assertEquals(fd, events.ident(0));
    change(fd, READ, DELETE);
    assertEquals(List.of(), now());
  }

  @Test
  void nullDevice_isReady_bothWays() throws Exception {
    int fd = nullDevice();
    change(fd, READ, ADD);
    change(fd, WRITE, ADD);
    assertEquals(2, now().size());
    assertEquals(2, now().size());
    change(fd, READ, DISABLE);
    change(fd, WRITE, DELETE);
    assertEquals(List.of(), now());
  }

  @Test
  void nullDevice_withClear_isToldOnce() throws Exception {
    int fd = nullDevice();
    change(fd, READ, ADD | CLEAR);
    change(fd, WRITE, ADD | ONESHOT);
    assertEquals(2, now().size());
    assertEquals(List.of(), now());
  }

  private int nullDevice() {
    try (Arena arena = Arena.ofConfined()) {
      long path = arena.allocateFrom("/dev/null").address();
      return mine(sys.open(path, Linux.O_RDWR | Linux.O_CLOEXEC, 0));
    }
  }
}
