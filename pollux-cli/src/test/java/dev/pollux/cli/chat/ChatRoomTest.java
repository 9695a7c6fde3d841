package dev.pollux.cli.chat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.echo.FaultySys;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link ChatRoom} under virtual time. */
class ChatRoomTest {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int TASK_CAPACITY = 2;
  private static final int MOST_TURNS = 2_000;
  private static final int SPEAKERS = 12;
  private static final int LINES_AT_ONCE = 7; // as much as one read takes
  private static final long MILLI = 1_000_000;

  private final ModelSys sys = ModelSys.virtual(1, Faults.none());
  private final FaultySys kernel = new FaultySys(sys);
  private final List<EventLoop> loops = new ArrayList<>();
  private final List<Integer> fds = new ArrayList<>();
  private final IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);
  private final ChatOptions options = ChatOptions.DEFAULT.withHighWaterBytes(1 << 12);
  private final List<String> events = new ArrayList<>();

  private final ChatListener listener =
      new ChatListener() {
        @Override
        public void left(ChatMember member, String how) {
          events.add(member + " " + how);
        }
      };

  @AfterEach
  void nothingIsLeft() {
    loops.forEach(EventLoop::close);
    fds.forEach(sys::close);
    assertEquals(3, sys.openDescriptors().size(), sys.openDescriptors().toString());
  }

  private ChatRoom room(int loopCount) throws Exception {
    for (int i = 0; i < loopCount; i++) {
      LoopOptions plain = LoopOptions.DEFAULT.withTaskCapacity(TASK_CAPACITY).withTasksPerTurn(1);
      loops.add(EventLoop.open(kernel.sys(), plain));
      int _ = loops.get(i).runOnce(0);
    }
    return new ChatRoom(loops, options, listener);
  }

  /** A member on a loop; its end of the pair. */
  private int join(ChatRoom room, int loop, String name) throws Exception {
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    fds.add(pair[1]);
    ConnectionHandler relay =
        new ConnectionHandler() {
          @Override
          public void opened(Connection connection) {
            ConnectionHandler handler = room.handlerFor(connection);
            connection.setHandler(handler);
            handler.opened(connection);
          }

          @Override
          public void received(Connection connection, java.nio.ByteBuffer data) {
            throw new IllegalStateException("not the handler any more");
          }
        };
    ConnectionOptions small = options.connection();
    Connection _ = Connection.adopt(loops.get(loop), pair[0], small, relay);
    say(pair[1], name + "\n");
    turns();
    return pair[1];
  }

  private void say(int fd, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    buffer.buffer().put(0, bytes);
    assertEquals(bytes.length, sys.send(fd, buffer.address(), bytes.length, Linux.MSG_NOSIGNAL));
  }

  private String hear(int fd) {
    StringBuilder text = new StringBuilder();
    for (int n = recv(fd); n > 0; n = recv(fd)) {
      byte[] bytes = new byte[n];
      buffer.buffer().get(0, bytes);
      text.append(new String(bytes, US_ASCII));
    }
    return text.toString();
  }

  private int recv(int fd) {
    return sys.recv(fd, buffer.address(), BUFFER_BYTES, Linux.MSG_DONTWAIT);
  }

  private void turns() throws Exception {
    for (int i = 0; i < 8; i++) {
      for (EventLoop loop : loops) {
        int _ = loop.runOnce(MILLI);
      }
    }
  }

  @Test
  void line_ofOne_isHeardByTheOthersOnly() throws Exception {
    ChatRoom room = room(1);
    int ann = join(room, 0, "ann");
    int bob = join(room, 0, "bob");
    String _ = hear(ann) + hear(bob);
    say(ann, "one\r\n\ntwo\n");
    turns();
    assertEquals("ann: one\nann: two\n", hear(bob));
    assertEquals("", hear(ann));
  }

  @Test
  void name_taken_isRefusedAndFreeAgainLater() throws Exception {
    ChatRoom room = room(1);
    int ann = join(room, 0, "ann");
    int other = join(room, 0, "ann");
    assertTrue(hear(other).endsWith("# ann is here already; try another name\n"));
    int _ = sys.shutdown(ann, Linux.SHUT_WR);
    turns();
    say(other, "ann\n");
    turns();
    assertEquals("# you are ann; here are: ann\n", hear(other));
  }

  @Test
  void member_thatDoesNotRead_isDroppedWithANoticeAndSlowsNobody() throws Exception {
    ChatRoom room = room(1);
    int ann = join(room, 0, "ann");
    int deaf = join(room, 0, "deaf");
    int bob = join(room, 0, "bob");
    String _ = hear(bob) + hear(ann);
    int said = 0;
    while (events.isEmpty()) {
      assertTrue(said++ < MOST_TURNS, "never dropped");
      say(ann, "x".repeat(1000) + "\n");
      turns();
      assertTrue(hear(bob).startsWith("ann: xxx"), "bob had to wait");
    }
    assertEquals(List.of("deaf was dropped: it reads too slowly"), events);
    assertEquals("* deaf was dropped: it reads too slowly\n", lastLine(hear(ann)));
    String heard = hear(deaf);
    for (int i = 0; i < 200 && !heard.endsWith(ChatMember.TOO_SLOW + "\n"); i++) {
      turns();
      heard += hear(deaf);
    }
    assertEquals(ChatMember.TOO_SLOW + "\n", lastLine(heard));
    assertEquals(said, heard.lines().filter(line -> line.startsWith("ann: ")).count());
    turns();
    assertEquals(0, recv(deaf));
  }

  /**
   * Many speak in one turn, and more than may be queued; but a member reads, in the middle of it.
   */
  @Test
  void member_thatReads_isNotDropped_howeverMuchComesAtOnce() throws Exception {
    ChatRoom room = room(1);
    List<Integer> speakers = new ArrayList<>();
    for (int i = 0; i < SPEAKERS; i++) {
      speakers.add(join(room, 0, "speaker" + i));
    }
    int bob = join(room, 0, "bob");
    Connection member = room.parts().getFirst().members().getLast().connection();
    int said = 0;
    String line = "x".repeat(1000) + "\n";
    while (member.queuedBytes() == 0) { // until bob's kernel takes no more
      assertTrue(said++ < MOST_TURNS, "never full");
      say(speakers.getFirst(), line);
      turns();
      speakers.forEach(this::hear);
    }
    StringBuilder heard = new StringBuilder();
    int[] queuedBytes = {0};
    int[] reads = {0};
    kernel.on(
        "recv",
        (_, _) -> {
          if (++reads[0] == SPEAKERS - 2) {
            queuedBytes[0] = member.queuedBytes();
            heard.append(hear(bob));
          }
          return null;
        });
    for (int speaker : speakers) {
      say(speaker, line.repeat(LINES_AT_ONCE));
    }
    said += SPEAKERS * LINES_AT_ONCE;
    int _ = loops.getFirst().runOnce(MILLI);
    assertTrue(queuedBytes[0] > 10 * options.highWaterBytes(), queuedBytes[0] + " bytes queued");
    for (int i = 0; i < 20; i++) {
      turns();
      heard.append(hear(bob));
    }
    assertEquals(List.of(), events);
    assertEquals(said, heard.toString().lines().filter(text -> text.contains(": xxx")).count());
  }

  @Test
  void queueOfAnotherLoop_full_holdsTheSpeakerUpAndLosesNothing() throws Exception {
    ChatRoom room = room(2);
    int ann = join(room, 0, "ann");
    int bob = join(room, 1, "bob");
    String _ = hear(ann) + hear(bob);
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      say(ann, i + "\n");
      expected.append("ann: ").append(i).append('\n');
    }
    for (int i = 0; i < 20; i++) {
      int _ = loops.get(0).runOnce(MILLI); // the other loop does nothing meanwhile
    }
    assertEquals("", hear(bob));
    assertTrue(loops.get(1).stats().rejected() > 0, "the queue was never full");
    StringBuilder heard = new StringBuilder();
    for (int i = 0; i < MOST_TURNS && heard.length() < expected.length(); i++) {
      turns();
      heard.append(hear(bob));
    }
    assertEquals(expected.toString(), heard.toString());
  }

  @Test
  void stop_tellsTheMembers_andNobodyOfThoseWhoLeave() throws Exception {
    ChatRoom room = room(1);
    int ann = join(room, 0, "ann");
    int bob = join(room, 0, "bob");
    String _ = hear(ann) + hear(bob);
    room.stop();
    turns();
    int _ = sys.shutdown(ann, Linux.SHUT_WR);
    turns();
    assertEquals("# the chat ends\n", hear(bob));
    assertFalse(hear(ann).contains("bob"));
  }

  private static String lastLine(String text) {
    return text.substring(text.lastIndexOf('\n', text.length() - 2) + 1);
  }
}
