package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.poll.Event;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The handlers that asked for a phase: at the bound, one past it, and around the ring. */
class HandlerQueueTest {

  private EventLoop loop;

  @BeforeEach
  void open() throws Exception {
    loop = EventLoop.open(ModelSys.virtual(1, Faults.none()), LoopOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    loop.close();
  }

  /** Counts its calls, and asks again so often. */
  private final class Counting implements LoopHandler {
    int calls;
    int again;

    @Override
    public void ready(Event event) {}

    @Override
    public void flush() {
      calls++;
      if (again > 0) {
        again--;
        loop.flushLater(this);
      }
    }

    @Override
    public void dispose() {
      calls++;
    }
  }

  @Test
  void flushLater_atTheBoundAndOnePast_isTakenAndRefused() throws Exception {
    Counting handler = new Counting();
    for (int i = 0; i < HandlerQueue.MAX_WAITING; i++) {
      loop.flushLater(handler);
    }
    String refusal =
        assertThrows(RejectedExecutionException.class, () -> loop.flushLater(handler)).getMessage();
    assertTrue(refusal.startsWith("2097152 handlers wait already"), refusal);
    assertEquals(0, loop.runOnce(0));
    assertEquals(HandlerQueue.MAX_WAITING, handler.calls);
    loop.flushLater(handler);
    assertEquals(0, loop.runOnce(0));
    assertEquals(HandlerQueue.MAX_WAITING + 1, handler.calls);
  }

  @Test
  void closeLater_onePastTheBound_isRefusedAndTheOthersAreCalled() throws Exception {
    Counting handler = new Counting();
    for (int i = 0; i < HandlerQueue.MAX_WAITING; i++) {
      loop.closeLater(handler);
    }
    assertThrows(RejectedExecutionException.class, () -> loop.closeLater(handler));
    assertEquals(0, loop.runOnce(0));
    assertEquals(HandlerQueue.MAX_WAITING, handler.calls);
  }

  @Test
  void handlers_thatAskAgainWhileTheRingGrowsAndWraps_areEachCalledOnceForEach() throws Exception {
    Counting[] handlers = new Counting[100];
    for (int i = 0; i < handlers.length; i++) {
      handlers[i] = new Counting();
      handlers[i].again = i;
    }
    for (int turn = 0; turn < 10; turn++) { // 7 stand in the middle of a ring of 16
      for (int i = 0; i < 7; i++) {
        loop.flushLater(handlers[0]);
      }
      assertEquals(0, loop.runOnce(0));
    }
    assertEquals(70, handlers[0].calls);
    for (Counting handler : handlers) {
      loop.flushLater(handler);
    }
    for (int turn = 0; turn < handlers.length; turn++) {
      assertEquals(0, loop.runOnce(0));
    }
    for (int i = 1; i < handlers.length; i++) {
      assertEquals(i + 1, handlers[i].calls);
    }
    assertThrows(NullPointerException.class, () -> loop.flushLater(null));
  }
}
