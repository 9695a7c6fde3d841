package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code EVFILT_READ} and {@code EVFILT_WRITE} of regular files: the distance to the end. */
class FileTest extends KqueueCase {

  private String readable(int fd, long count) {
    return "READ " + fd + " " + count;
  }

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
    int other = file("a", dev.pollux.sys.Linux.O_RDWR | dev.pollux.sys.Linux.O_TRUNC);
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
}
