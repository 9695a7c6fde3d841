package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code EVFILT_READ} and {@code EVFILT_WRITE} of pipes: bytes, room, and who is gone. */
class PipeTest extends KqueueCase {

  @Test
  void read_saysHowMuch() throws Exception {
    int[] pipe = pipe();
    change(pipe[0], READ, ADD);
    write(pipe[1], 100);
    write(pipe[1], 23);
    assertEquals(List.of(readable(pipe[0], 123)), now());
    assertEquals(100, read(pipe[0], 100));
    assertEquals(List.of(readable(pipe[0], 23)), now());
    assertEquals(23, read(pipe[0], 100));
    assertEquals(List.of(), now());
  }

  @Test
  void write_saysHowMuchRoom() throws Exception {
    int[] pipe = pipe();
    change(pipe[1], WRITE, ADD);
    assertEquals(1, now().size());
    long room = events.data(0);
    write(pipe[1], 10);
    assertEquals(List.of(writable(pipe[1], room - 10)), now());
    assertEquals(10, read(pipe[0], 10));
    assertEquals(List.of(writable(pipe[1], room)), now());
  }

  @Test
  void write_ofAFullOne_isQuiet_untilItIsRead() throws Exception {
    int[] pipe = pipe();
    int all = fill(pipe[1]);
    change(pipe[1], WRITE, ADD);
    assertEquals(List.of(), now());
    drain(pipe[0], all);
    assertEquals(List.of(writable(pipe[1], all)), now());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Kevent.EV_CLEAR, Kevent.EV_ONESHOT, Kevent.EV_DISPATCH})
  void endOfTheWriter_isToldBesideWhatIsLeft(int how) throws Exception {
    int[] pipe = pipe();
    change(pipe[0], READ, ADD | how);
    write(pipe[1], 3);
    close(pipe[1]);
    assertEquals(List.of(readable(pipe[0], 3) + " EOF"), now());
    assertEquals(how == 0 ? 1 : 0, now().size());
  }

  @Test
  void endOfTheWriter_withNothingLeft_isTold_untilItIsDeleted() throws Exception {
    int[] pipe = pipe();
    close(pipe[1]);
    change(pipe[0], READ, ADD);
    assertEquals(List.of(readable(pipe[0], 0) + " EOF"), now());
    assertEquals(0, events.fflags(0));
    assertEquals(List.of(readable(pipe[0], 0) + " EOF"), now());
    change(pipe[0], READ, DELETE);
    assertEquals(List.of(), now());
  }

  @Test
  void writer_withADuplicate_isNotGone() throws Exception {
    int[] pipe = pipe();
    int copy = dup(pipe[1]);
    change(pipe[0], READ, ADD);
    close(pipe[1]);
    assertEquals(List.of(), now());
    close(copy);
    assertEquals(List.of(readable(pipe[0], 0) + " EOF"), now());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Kevent.EV_CLEAR, Kevent.EV_ONESHOT, Kevent.EV_DISPATCH})
  void endOfTheReader_isToldToTheWriter(int how) throws Exception {
    int[] pipe = pipe();
    int _ = fill(pipe[1]);
    change(pipe[1], WRITE, ADD | how);
    assertEquals(List.of(), now());
    close(pipe[0]);
    assertEquals(List.of(writable(pipe[1], 0) + " EOF"), now());
    assertEquals(0, events.flags(0) & ERROR);
    assertEquals(0, events.fflags(0));
    assertEquals(how == 0 ? 1 : 0, now().size());
  }

  @Test
  void reader_withADuplicate_isNotGone() throws Exception {
    int[] pipe = pipe();
    int copy = dup(pipe[0]);
    int _ = fill(pipe[1]);
    change(pipe[1], WRITE, ADD);
    close(pipe[0]);
    assertEquals(List.of(), now());
    close(copy);
    assertEquals(List.of(writable(pipe[1], 0) + " EOF"), now());
  }

  @Test
  void end_whileItIsOff_isToldWhenItIsOn() throws Exception {
    int[] pipe = pipe();
    change(pipe[0], READ, ADD | DISABLE);
    close(pipe[1]);
    assertEquals(List.of(), now());
    change(pipe[0], READ, ENABLE);
    assertEquals(List.of(readable(pipe[0], 0) + " EOF"), now());
  }

  @Test
  void whatWasReadBeforeTheWait_isNoEvent() throws Exception {
    int[] pipe = pipe();
    change(pipe[0], READ, ADD | CLEAR);
    write(pipe[1], 1);
    assertEquals(1, read(pipe[0], 1));
    assertEquals(List.of(), now());
    write(pipe[1], 2);
    assertEquals(List.of(readable(pipe[0], 2)), now());
  }
}
