package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.poll.Event;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The peer has ended, much is still to be sent, and then the peer resets: that is told at once,
 * whether the event tells the error or a call does. No time passes.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class ToldErrorTest extends ClockedCase {

  private static final int PIECE = 100_000;
  private static final int PIECES = 100;

  /** What was asked of the connection before. */
  private enum Asked {
    NOTHING,
    END,
    FINISH,
    CLOSE;

    void of(Connection connection) {
      switch (this) {
        case NOTHING -> {}
        case END -> connection.end();
        case FINISH -> connection.finish();
        case CLOSE -> connection.close();
      }
    }
  }

  private Pair withMuchToSend(Asked asked) throws Exception {
    Recorder recorder = new Recorder();
    recorder.onReadClosed = _ -> {};
    Pair pair = pair(recorder);
    pair.peer().shutdown();
    until("the peer's end", () -> recorder.count("readClosed") == 1);
    for (int i = 0; i < PIECES; i++) {
      WriteResult _ = pair.connection().write(ByteBuffer.wrap(new byte[PIECE]));
    }
    asked.of(pair.connection());
    quiet();
    return pair;
  }

  @ParameterizedTest
  @EnumSource(Asked.class)
  void reset_withMuchToSend_isToldAtOnce(Asked asked) throws Exception {
    Pair pair = withMuchToSend(asked);
    pair.peer().reset();
    untilClosed(pair);
    assertEquals(CloseReason.RESET, pair.handler().cause.reason());
  }

  /**
   * As a native queue tells it, whatever it is: what came before it is read first. Here the event
   * is made up, as no queue of Linux tells an error and keeps it.
   */
  @ParameterizedTest
  @ValueSource(ints = {Errno.ECONNRESET, Errno.ETIMEDOUT, Errno.EHOSTDOWN, Errno.ENETDOWN})
  void errorOfAnEvent_comesBehindWhatThePeerHasSent(int errno) throws Exception {
    Recorder recorder = new Recorder();
    recorder.onReadClosed = _ -> {};
    Pair pair = pair(recorder);
    pair.peer().write("last words");
    awaitReady(pair.connection().link().fd, Linux.POLLIN);
    pair.connection().channel().ready(told(errno));
    pair.peer().close();
    untilClosed(pair);
    assertEquals("last words", recorder.text());
    assertEquals(errno, recorder.cause.errno());
  }

  /** An event of a kernel that knows the error. */
  private static Event told(int errno) {
    InvocationHandler answers =
        (_, method, _) ->
            switch (method.getName()) {
              case "errno" -> errno;
              case "isReadable", "isReadClosed", "isError" -> true;
              default -> false;
            };
    return (Event)
        Proxy.newProxyInstance(Event.class.getClassLoader(), new Class<?>[] {Event.class}, answers);
  }

  /** As on systems that drop the send buffer of a socket that was reset: nothing is unsent then. */
  @ParameterizedTest
  @EnumSource(Asked.class)
  void reset_whereTheKernelDropsWhatIsUnsent_isNoDelivery(Asked asked) throws Exception {
    Pair pair = withMuchToSend(asked);
    pair.peer().reset();
    inject((call, arguments) -> {
      boolean isUnsent = call.equals("ioctl") && (int) (long) arguments[1] == Linux.TIOCOUTQ;
      return isUnsent ? answerNone((long) arguments[2]) : null;
    });
    untilClosed(pair);
    assertEquals(CloseReason.RESET, pair.handler().cause.reason());
  }

  private static Object answerNone(long at) {
    MemorySegment.ofAddress(at).reinterpret(Integer.BYTES).set(ValueLayout.JAVA_INT, 0, 0);
    return 0;
  }
}
