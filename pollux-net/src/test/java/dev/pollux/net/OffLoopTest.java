package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a thread is told that calls what belongs to a loop; always, with assertions or without. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OffLoopTest {

  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static final int TRIES = 20_000;
  private static final int ROUNDS = 200;

  private static void refuses(List<Executable> calls) {
    for (Executable call : calls) {
      String message = assertThrows(IllegalStateException.class, call).getMessage();
      assertTrue(message.contains("thread " + Thread.currentThread().getName()), message);
      assertTrue(message.contains("belongs to thread loop-0: use execute"), message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void connection_calledOffItsLoop_refusesAndDoesNothing(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      AtomicInteger received = new AtomicInteger();
      NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, _ -> counting(received));
      Connection connection = peer.connection();
      ByteBuffer data = ByteBuffer.allocate(10);
      List<Executable> calls = new ArrayList<>();
      calls.add(() -> connection.write(data));
      calls.add(() -> connection.beginWrite(10));
      calls.add(connection::endWrite);
      calls.add(() -> connection.sendDescriptor(0, data));
      calls.add(() -> ConnectionGroup.over(List.of(box.loop)).add(connection));
      calls.add(() -> ConnectionGroup.over(List.of(box.loop)).remove(connection));
      calls.add(() -> connection.acceptDescriptors(null));
      calls.add(connection::pauseReading);
      calls.add(connection::resumeReading);
      calls.add(connection::end);
      calls.add(connection::close);
      calls.add(connection::finish);
      calls.add(connection::hold);
      calls.add(connection::release);
      calls.add(connection::reset);
      calls.add(() -> connection.reset(CloseCause.CUT_OFF));
      calls.add(() -> connection.close(CloseCause.CUT_OFF));
      calls.add(() -> connection.write(Payload.copyOf(data.duplicate())));
      calls.add(() -> connection.whenSent((_, _) -> {}));
      calls.add(connection::availableBytes);
      calls.add(connection::localAddress);
      calls.add(() -> connection.setHandler(NoHandler.INSTANCE));
      calls.add(() -> connection.attach("mine"));
      calls.add(() -> connection.setOption(Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, 1));
      calls.add(() -> Blocking.over(connection));
      calls.add(() -> Connection.adopt(box.loop, 0, ConnectionOptions.DEFAULT, counting(received)));
      calls.add(() ->
          Connection.connect(box.loop, ANY, 0, ConnectionOptions.DEFAULT, counting(received)));
      calls.add(() -> Server.open(box.loop, ServerOptions.at(ANY), _ -> counting(received)));
      calls.add(
          () -> DatagramEndpoint.open(box.loop, ANY, DatagramOptions.DEFAULT, (_, _, _, _) -> {}));
      refuses(calls);
      assertEquals(10, data.remaining());
      box.onLoop(() -> {
        assertTrue(connection.isOpen() && !connection.isReadingPaused());
        assertEquals(0, connection.queuedBytes());
      });
    }
  }

  /** The loop echoes while others try to write: not one byte of theirs, all of the echo's. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void writes_offTheLoop_corruptNoByteOfTheOthers(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              ConnectionOptions.DEFAULT,
              _ -> (source, data) -> assertTrue(source.write(data).isTaken()));
      Connection connection = peer.connection();
      AtomicInteger refused = new AtomicInteger();
      Runnable intruder =
          () -> {
            ByteBuffer nines = ByteBuffer.wrap("9999".getBytes(US_ASCII));
            for (int i = 0; i < TRIES; i++) {
              try {
                WriteResult _ = connection.write(nines.rewind());
              } catch (IllegalStateException _) {
                refused.incrementAndGet();
              }
            }
          };
      Thread one = Thread.ofPlatform().start(intruder);
      Thread two = Thread.ofPlatform().start(intruder);
      for (int round = 0; round < ROUNDS; round++) {
        peer.send("seven77");
        peer.expect("seven77");
      }
      one.join();
      two.join();
      assertEquals(2 * TRIES, refused.get());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void datagrams_calledOffTheirLoop_areRefused(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      DatagramEndpoint[] made = new DatagramEndpoint[1];
      box.onLoop(() ->
          made[0] =
              DatagramEndpoint.open(box.loop, ANY, DatagramOptions.DEFAULT, (_, _, _, _) -> {}));
      DatagramEndpoint endpoint = made[0];
      ByteBuffer data = ByteBuffer.allocate(1);
      refuses(
          List.of(
              () -> endpoint.send(data, ANY),
              () -> endpoint.send(data),
              () -> endpoint.reply(data),
              () -> endpoint.connect(ANY),
              endpoint::pause,
              endpoint::resume,
              endpoint::localAddress,
              endpoint::stats,
              endpoint::close,
              () -> endpoint.hops(3)));
      assertTrue(endpoint.isOpen());
      box.onLoop(endpoint::close);
    }
  }

  /** Who closes a server whose loop has lost its thread stands in for it, and does not keep it. */
  @Test
  void onLoop_ofALoopWithoutAThread_borrowsIt() throws Exception {
    try (EventLoop loop = EventLoop.open(LoopOptions.DEFAULT)) {
      Thread thread = Thread.ofPlatform().unstarted(loop);
      loop.handTo(thread);
      thread.start();
      loop.stop();
      thread.join();
      assertFalse(loop.inLoop());
      boolean[] on = new boolean[1];
      OnLoop.run(loop, () -> on[0] = loop.inLoop());
      assertTrue(on[0]);
      assertFalse(loop.inLoop() || loop.isOwned());
    }
  }

  /** The task was accepted, and then the thread went away without running it. */
  @Test
  void onLoop_whoseThreadEndsBeforeTheTask_doesNotWaitForEver() throws Exception {
    try (EventLoop loop = EventLoop.open(LoopOptions.DEFAULT)) {
      AtomicInteger ran = new AtomicInteger();
      Thread caller =
          Thread.ofPlatform()
              .unstarted(() -> {
                try {
                  OnLoop.run(loop, ran::incrementAndGet);
                } catch (SysException e) {
                  throw new IllegalStateException(e);
                }
              });
      Thread idle = // owns the loop until somebody waits for it, and never turns it
          Thread.ofPlatform()
              .unstarted(() ->
                  NetBox.until("waiting", () -> caller.getState() == Thread.State.TIMED_WAITING));
      loop.handTo(idle);
      idle.start();
      caller.start();
      caller.join();
      assertEquals(1, ran.get());
      loop.takeOver();
      int _ = loop.runOnce(0); // the task is still queued, and does nothing now
      assertEquals(1, ran.get());
    }
  }

  private static ConnectionHandler counting(AtomicInteger received) {
    return (_, data) -> {
      received.addAndGet(data.remaining());
      data.position(data.limit());
    };
  }
}
