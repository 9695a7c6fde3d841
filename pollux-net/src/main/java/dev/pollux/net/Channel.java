package dev.pollux.net;

import dev.pollux.loop.ClosedLoopException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is active of a {@link Connection}: the loop calls it, it reads and writes the descriptor as
 * far as that is ready, and alone calls the handler, by its {@link Callbacks}. What the program
 * does to a connection is noted in its {@link Link}, which calls nobody.
 *
 * <p>One turn of work: 1 tell who is new or that a finish has begun · 2 write what is queued · 3
 * read · 4 write what the handler queued meanwhile · 5 take the end a step further · 6 ask for what
 * is wanted next. Writes that come from elsewhere are done in the flush phase of the loop, once a
 * turn.
 *
 * <p>What is known of the kernel's side are two bits: readReady of the {@link Incoming}, and
 * writeReady of the {@link Outgoing}. With a level trigger, one read per event, and the kernel
 * tells again; with an edge, reads until EAGAIN, over several turns where one is not enough.
 *
 * <p>Threads: the loop's.
 */
final class Channel implements LoopHandler, Runnable {

  private static final int WRITES_PER_TURN = 16;

  final Link link;
  private final Connection owner;
  private final EventLoop loop;
  private final Ending ending;
  private @Nullable ConnectionOwner told;

  Channel(Connection owner, EventLoop loop, ConnectionOptions options, int fd, boolean connecting) {
    this.owner = owner;
    this.loop = loop;
    this.link = new Link(owner, loop, options, fd, connecting);
    this.ending = link.ending;
  }

  // ---- the beginning

  /** Who is told when it is over, after the handler. */
  void setOwner(ConnectionOwner newOwner) {
    told = newOwner;
  }

  @Nullable ConnectionOwner told() {
    return told;
  }

  /** Whether a server accepted it. */
  boolean isOfServer() {
    ConnectionOwner owned = told;
    return owned != null && owned.isServer();
  }

  /** Starts to watch: the last step that can fail. */
  void register() throws SysException {
    link.watch.begin(loop, link.fd, ending.isConnecting(), link.isEdge(), this);
  }

  /** The connect, or the handshake, is to be done after so long; 0 is never. */
  void limitMaking(long timeoutNanos) {
    link.clock.limitMaking(loop.sys().nanoTime(), timeoutNanos); // a turn may be long
    link.arm();
  }

  /** As {@link #begin}; what the handler throws ends the connection, and nothing else. */
  void start() {
    try {
      begin();
      if (link.hasUnread() && !link.isPaused()) {
        Pause.set(link, Pause.PROGRAM, false); // gives what came along
      }
    } catch (Throwable t) {
      failed(t);
    }
  }

  /** The stream is there: begins with the filter, or tells the handler. */
  void begin() {
    Filter between = link.filter();
    if (between == null) {
      opened();
    } else if (ending.isSecuring()) { // else whoever was to handle it closed it at once
      limitMaking(between.handshakeNanos());
      between.begin();
    }
  }

  /** The filter has done its handshake. */
  void secured() {
    ending.secured();
    opened();
  }

  private void opened() {
    if (!ending.isOpen()) {
      return; // whoever was to handle it ended it at once, and is told that alone
    }
    link.clock.opened(loop.nowNanos());
    link.arm();
    if (link.hasBegun()) { // TLS was started later
      boolean _ = Callbacks.news(owner);
    } else {
      Callbacks.opened(owner);
    }
  }

  /** Begins with a filter that was put in later. */
  private void beginFilter() {
    if (link.isFilterDue()) {
      begin();
    }
  }

  /** Gives the descriptor away, when the callback that this may be in has returned. */
  void detach(Consumer<Detached> taker) {
    if (ending.isClosing() || ending.isOver()) {
      return;
    }
    boolean refused = link.filter() != null || ending.isConnecting() || !link.output.isEmpty();
    if (refused || !Leaver.leaveIfSent(link)) {
      throw new IllegalStateException(
          owner + " cannot be detached while it connects, has TLS, or has something to send");
    }
    if (ending.isClosing() || ending.isOver()) {
      return; // a thread had asked for that
    }
    link.over(CloseCause.of(CloseReason.DETACHED, "detached"));
    told = new Taker(taker, told);
  }

  /** Learns how the connect went; false if it is not open. */
  boolean connected(int told) {
    int errno = Connecting.outcome(loop.sys(), link.fd, told);
    if (errno == Errno.EINPROGRESS) {
      return false;
    }
    if (errno != 0) {
      link.closeNow(CloseCause.connectFailed(errno));
      return false;
    }
    ending.connected(link.filter() != null);
    Connecting.setNoDelay(link);
    begin();
    return !ending.isOver();
  }

  // ---- what the loop calls

  @Override
  public void ready(Event event) {
    boolean readable = event.isReadable();
    boolean writable = event.isWritable();
    boolean neither = !readable && !writable; // a hang-up or an error: the next call tells which
    if (ending.isConnecting() && !connected(event.errno())) {
      link.watch.drained(Interest.READ_WRITE);
      watch();
      return;
    }
    Due.noteEnd(link, event);
    if (readable || neither) {
      link.input.setReadReady(true);
    }
    if (writable || neither) {
      link.output.becameReady();
    }
    work();
  }

  @Override
  public void flush() {
    link.flushed();
    if (ending.isConnecting() || ending.isOver()) {
      Callbacks.deliveries(owner);
    } else {
      work();
    }
  }

  @Override
  public void dispose() {
    link.watch.end();
    link.output.loseAll();
    if (told instanceof Taker taker) {
      taker.away = Detached.from(link);
    }
    link.input.clear();
    Filter between = link.filter();
    if (between != null) {
      between.closed();
    }
    if (!(told instanceof Taker)) {
      int _ = loop.sys().close(link.fd);
    }
    CloseCause why = ending.causeOr(CloseCause.CUT_OFF);
    ConnectionOwner last = told;
    try {
      tellLostDeliveries();
      Callbacks.closed(owner, why);
    } finally {
      if (last != null) {
        last.closed(owner, why);
      }
    }
  }

  /** Tells the rest, whatever one of them throws. */
  private void tellLostDeliveries() {
    for (int due = link.output.dueDeliveries(); due > 0; due--) {
      try {
        link.output.tellDelivery(owner);
      } catch (Throwable t) {
        failed(t);
      }
    }
  }

  /** Something threw, or the loop is being closed. */
  @Override
  public void failed(Throwable thrown) {
    if (thrown instanceof NoInputMemory memory) {
      memory.end(link);
    } else if (thrown instanceof ClosedLoopException && loop.isClosed()) {
      link.closeNow(CloseCause.of(CloseReason.CUT_OFF, thrown));
    } else {
      failed("the handler", thrown);
    }
  }

  /**
   * The program's own code threw, here or on a thread of its own: tells the observer, and ends the
   * connection, if it is not over by now.
   */
  void failed(String what, Throwable thrown) {
    Callbacks.failed(owner, what, thrown);
    if (!ending.isOver()) {
      link.closeNow(CloseCause.of(CloseReason.HANDLER_FAILED, thrown));
    }
  }

  /** The timer: does what is due. */
  @Override
  public void run() {
    try {
      boolean _ = Callbacks.news(owner);
      Due.all(owner);
      link.arm();
    } catch (Throwable t) {
      failed(t);
    }
  }

  /** Looks whether it moves, and acts on silence; for who {@link Clock#sweep sweeps}. */
  void sweep() {
    if (link.clock.isSweepDue(loop.nowNanos(), ending.state(), Due.facts(link))) {
      run();
    }
  }

  /** A turn of work. */
  void work() {
    link.setInTurn(true);
    try {
      beginFilter();
      boolean _ = Callbacks.news(owner);
      writeOutput();
      readInput();
      writeOutput();
    } finally {
      link.setInTurn(false);
    }
    settle();
    if (!ending.isOver()) {
      watch();
      int pending = Pending.of(link);
      if ((pending & Pending.UNSENT) != 0) {
        link.unsent();
      }
      if (Pending.isRunnable(pending, link.output.isWriteReady())) {
        link.kick();
      }
    }
  }

  /** Brings what the poller is asked in line with what is wanted. */
  private void watch() {
    try {
      link.watch.want(link.wantsInput(), !link.output.isEmpty() || ending.isConnecting());
    } catch (SysException e) {
      link.closeNow(CloseCause.of(CloseReason.ERROR, e));
    }
  }

  // ---- output

  private void writeOutput() {
    int budget = WRITES_PER_TURN;
    while (budget > 0 && link.sender.writeOnce()) {
      budget--;
    }
    Filter between = link.filter();
    if (between != null && !between.isDrained()) {
      between.pump();
    }
    Callbacks.deliveries(owner);
    if (link.isRoomDue()) {
      link.output.told();
      Callbacks.writable(owner);
    }
  }

  // ---- input

  private void readInput() {
    int budget = link.isEdge() ? link.options.readsPerTurn() : 1;
    if (link.takeAgain()) {
      redeliver();
    }
    boolean any = false;
    int result = 1;
    while (link.input.isReadReady() && link.wantsInput() && budget > 0 && !ending.isOver()) {
      if (link.isRestFirst()) {
        break; // that is given before more is read
      }
      budget--;
      result = read();
      any |= result > 0;
    }
    if (!link.isEdge()) {
      link.input.setReadReady(false); // if there is more, the next wait tells
    }
    if (any) {
      readComplete();
    }
    if (!ending.isOver()) {
      endInput(result);
    }
  }

  /** One read, given to the handler: how many bytes, 0 at the end, or -errno. */
  private int read() {
    int n = link.input.read(owner, link.unreadLimit());
    if (n == Incoming.FULL) {
      link.closeNow(link.input.full());
    } else if (n > 0 && !ending.isOver()) {
      loop.progressed();
      Passing.read(owner, told, n);
      link.clock.read(loop.nowNanos());
      deliver(link.input.take(n));
    } else if (n == 0) {
      ending.inputEnded();
    } else if (n == -Errno.EAGAIN) {
      link.watch.drained(Interest.READABLE);
    }
    return n;
  }

  /** Gives what was left unread once more, after a pause. */
  private void redeliver() {
    if (link.isRestWanted() && ending.isOpen() && link.hasUnread()) {
      deliver(link.input.take(0));
      readComplete();
    }
  }

  /** Gives bytes off the wire, and keeps what is left of them. */
  private void deliver(ByteBuffer data) {
    try {
      if (ending.isOpen()) { // else the peer is given time to take what was sent: nobody listens
        give(data);
      }
    } finally {
      if (!ending.isOpen() && !(told instanceof Taker)) {
        var _ = data.position(data.limit());
      }
      link.input.settle(data);
    }
  }

  private void give(ByteBuffer data) {
    beginFilter();
    Filter between = link.filter();
    if (between != null) {
      between.received(data);
    } else if (!link.isPaused()) { // by who was given a descriptor
      Callbacks.received(owner, data);
    }
  }

  private void readComplete() {
    if (ending.isOpen() && !ending.isSecuring()) {
      Callbacks.readComplete(owner);
    }
  }

  /** Tells of the end once it is read, and wanted, behind what is to be given again. */
  private void endInput(int result) {
    if (link.isEndDue() && !link.isRestBeforeEnd()) {
      ending.endTold();
      inputEnded();
    } else if (result < 0 && result != -Errno.EAGAIN && result != -Errno.EINTR) {
      inputFailed(-result);
    }
  }

  /** Nothing more comes; what the peer sent before it went is still given, if it is to be. */
  private void inputFailed(int errno) {
    CloseCause broken = CloseCause.ofErrno("recv", errno);
    if (CloseCause.isPeerGone(errno)
        && (link.isRestDue() || (link.isPaused() && link.hasUnread()))) {
      ending.inputEnded();
      ending.outputBroken(broken);
      link.readTheRest();
    } else {
      link.obstructed(broken);
    }
  }

  private void inputEnded() {
    Filter between = link.filter();
    CloseCause broken = ending.broken();
    if (broken != null) {
      link.obstructed(broken);
    } else if (ending.isOpen() && between != null) {
      between.readClosed();
    } else if (ending.isOpen()) {
      Callbacks.readClosed(owner);
    }
    if (ending.isOpen()) {
      link.lookNowAndThen();
    }
  }

  // ---- the end

  /** Takes the end as far as it can go now. */
  private void settle() {
    boolean goesOn = true;
    while (goesOn) {
      switch (ending.next(Pending.of(link))) {
        case NOTHING -> goesOn = false;
        case SHUTDOWN -> shutDown();
        case CLOSE -> goesOn = closeIfAllIsRead();
        case DISPOSE -> link.over(ending.causeOr(CloseCause.END_OF_STREAM));
        case LOOK -> {
          closeIfDelivered();
          goesOn = false;
        }
      }
    }
  }

  private void shutDown() {
    ending.outputEnded();
    if (loop.sys().shutdown(link.fd, Linux.SHUT_WR) < 0) {
      if (ending.isOpen()) { // the peer is gone, but what it sent may be here
        link.readTheRest();
      } else {
        link.over(ending.causeOr(CloseCause.CLOSED));
      }
    }
  }

  /**
   * Nothing is known to be due; false if the kernel has something to be read after all. The number
   * of bytes there would not do: it does not count an end.
   */
  private boolean closeIfAllIsRead() {
    boolean all = ending.isInputEnded() || !link.hasInput();
    if (all) {
      link.close(link.isReadClosed() ? CloseCause.END_OF_STREAM : CloseCause.CLOSED);
    } else {
      link.input.setReadReady(true);
      link.awaitEnd();
    }
    return all;
  }

  private void closeIfDelivered() {
    if (Due.isAllDelivered(link)) {
      link.over(ending.causeOr(CloseCause.CLOSED));
    } else {
      link.awaitEnd();
    }
  }
}
