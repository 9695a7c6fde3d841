package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code NOTE_LOWAT}: a threshold of one knote. */
class ThresholdTest extends KqueueCase {

  private int[] ends(String kind) throws Exception {
    return switch (kind) {
      case "pipe" -> pipe();
      case "tcp" -> tcp();
      default -> pair();
    };
  }

  // ---- EVFILT_READ

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp", "pipe"})
  void read_atTheThreshold_isTold_andBelowIsNot(String kind) throws Exception {
    int[] ends = ends(kind);
    change(ends[0], READ, ADD, LOWAT, 5);
    write(ends[1], 4);
    assertEquals(List.of(), within(SOON));
    write(ends[1], 1);
    assertEquals(List.of(readable(ends[0], 5)), within(LONG));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp", "pipe"})
  void read_thatFallsBelow_isQuiet_untilItRises(String kind) throws Exception {
    int[] ends = ends(kind);
    change(ends[0], READ, ADD, LOWAT, 3);
    for (int i = 0; i < 3; i++) {
      write(ends[1], 3);
      assertEquals(List.of(readable(ends[0], 3)), within(LONG));
      assertEquals(1, read(ends[0], 1));
      assertEquals(List.of(), now());
      assertEquals(2, read(ends[0], 9));
      assertEquals(List.of(), now());
    }
  }

  @Test
  void read_ofWhatIsThere_isTold() throws Exception {
    int[] pair = pair();
    write(pair[1], 5);
    change(pair[0], READ, ADD, LOWAT, 5);
    assertEquals(List.of(readable(pair[0], 5)), now());
    assertEquals(List.of(readable(pair[0], 5)), now());
  }

  @Test
  void read_withClear_isToldOncePerArrival() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | CLEAR, LOWAT, 5);
    write(pair[1], 4);
    assertEquals(List.of(), now());
    write(pair[1], 4);
    assertEquals(List.of(readable(pair[0], 8)), now());
    assertEquals(List.of(), now());
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 9)), now());
  }

  @Test
  void read_once_waitsForTheThreshold() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | ONESHOT, LOWAT, 5);
    write(pair[1], 4);
    assertEquals(List.of(), now());
    write(pair[1], 4);
    assertEquals(List.of(readable(pair[0], 8)), now());
    assertEquals(List.of(), now());
  }

  @Test
  void read_dispatched_waitsForTheThreshold_eachTime() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | DISPATCH, LOWAT, 5);
    write(pair[1], 5);
    assertEquals(List.of(readable(pair[0], 5)), now());
    assertEquals(5, read(pair[0], 9));
    change(pair[0], READ, ENABLE, LOWAT, 5);
    write(pair[1], 4);
    assertEquals(List.of(), now());
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 5)), now());
  }

  @Test
  void read_addedAgain_hasTheNewThreshold() throws Exception {
    int[] pair = pair();
    write(pair[1], 5);
    change(pair[0], READ, ADD, LOWAT, 10);
    assertEquals(List.of(), now());
    change(pair[0], READ, ADD, LOWAT, 5);
    assertEquals(List.of(readable(pair[0], 5)), now());
    change(pair[0], READ, ADD, LOWAT, 6);
    assertEquals(List.of(), now());
    change(pair[0], READ, ADD);
    assertEquals(List.of(readable(pair[0], 5)), now());
  }

  @Test
  void read_thatIsOff_risesMeanwhile() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | DISABLE, LOWAT, 5);
    write(pair[1], 5);
    assertEquals(List.of(), now());
    change(pair[0], READ, ENABLE, LOWAT, 5);
    assertEquals(List.of(readable(pair[0], 5)), now());
  }

  @Test
  void data_withoutTheFlag_isNoThreshold() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD, 0, 100);
    change(pair[0], WRITE, ADD | ONESHOT, 0, 1 << 30);
    write(pair[1], 1);
    assertEquals(2, now().size());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void smallThresholds_areNone(long threshold) throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD, LOWAT, threshold);
    assertEquals(List.of(), now());
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 1)), now());
  }

  @Test
  void queues_haveThresholdsOfTheirOwn() throws Exception {
    int[] pair = pair();
    Kqueue other = another();
    change(pair[0], READ, ADD, LOWAT, 2);
    other.change(pair[0], READ, ADD, LOWAT, 4, 0);
    write(pair[1], 3);
    assertEquals(1, now().size());
    assertEquals(0, other.kevent(null, events, 0));
    write(pair[1], 1);
    assertEquals(1, now().size());
    assertEquals(1, other.kevent(null, events, 0));
  }

  @Test
  void socketsOwnThreshold_isNotTouched() throws Exception {
    int[] tcp = tcp();
    change(tcp[0], READ, ADD, LOWAT, 500);
    int kept = Sockets.option(sys, tcp[0], Linux.SOL_SOCKET, Linux.SO_RCVLOWAT);
    assertEquals(1, kept);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp", "pipe"})
  void end_isTold_belowTheThreshold(String kind) throws Exception {
    int[] ends = ends(kind);
    change(ends[0], READ, ADD | CLEAR, LOWAT, 100);
    write(ends[1], 2);
    assertEquals(List.of(), now());
    close(ends[1]);
    assertEquals(List.of(readable(ends[0], 2) + " EOF"), within(LONG));
  }

  // ---- EVFILT_WRITE

  @ParameterizedTest
  @ValueSource(strings = {"unix", "pipe"})
  void write_atTheThreshold_isTold(String kind) throws Exception {
    int[] ends = ends(kind);
    change(ends[1], WRITE, ADD);
    assertEquals(1, now().size());
    long room = events.data(0);
    change(ends[1], WRITE, ADD, LOWAT, room);
    assertEquals(List.of(writable(ends[1], room)), within(LONG));
    change(ends[1], WRITE, ADD, LOWAT, room + 1);
    assertEquals(List.of(), within(SOON));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Kevent.EV_CLEAR, Kevent.EV_ONESHOT, Kevent.EV_DISPATCH})
  void write_waitsForSoMuchRoom(int how) throws Exception {
    int[] pair = pair();
    int all = fill(pair[0]);
    change(pair[0], WRITE, ADD | how, LOWAT, all / 2);
    drain(pair[1], all / 8);
    assertEquals(List.of(), within(SOON));
    drain(pair[1], all);
    assertEquals(1, within(LONG).size());
    assertTrue(events.data(0) >= all / 2, events::toString);
    assertEquals(how == 0 ? 1 : 0, now().size());
  }

  @Test
  void write_besideRead_hasItsOwn() throws Exception {
    int[] pair = pair();
    int all = fill(pair[0]);
    change(pair[0], WRITE, ADD | ONESHOT, LOWAT, all / 2);
    change(pair[0], READ, ADD, LOWAT, 3);
    write(pair[1], 2);
    assertEquals(List.of(), within(SOON));
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 3)), now());
    assertEquals(3, read(pair[0], 9));
    drain(pair[1], all);
    assertEquals(1, within(LONG).size());
    assertEquals(WRITE, events.filter(0));
  }

  @Test
  void write_end_isTold_belowTheThreshold() throws Exception {
    int[] pipe = pipe();
    change(pipe[1], WRITE, ADD, LOWAT, 1 << 30);
    assertEquals(List.of(), within(SOON));
    close(pipe[0]);
    assertEquals(List.of(writable(pipe[1], 0) + " EOF"), within(LONG));
  }

  @Test
  void write_thatIsOffOrDeleted_isQuiet() throws Exception {
    int[] pair = pair();
    int all = fill(pair[0]);
    change(pair[0], WRITE, ADD, LOWAT, all / 2);
    assertEquals(List.of(), now());
    change(pair[0], WRITE, DISABLE, LOWAT, all / 2);
    drain(pair[1], all);
    assertEquals(List.of(), within(SOON));
    change(pair[0], WRITE, ENABLE, LOWAT, all / 2);
    assertEquals(1, within(LONG).size());
    change(pair[0], WRITE, DELETE);
    assertEquals(List.of(), now());
  }
}
