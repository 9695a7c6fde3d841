package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SplittableRandom programs over one connection and its peer, each held against {@link
 * ProgramOracle}.
 *
 * <p>{@code -Dpollux.programs=N} runs so many of them, {@code -Dpollux.seed=S} begins with that
 * one. The dice are splittable ones: seeds that follow each other begin alike with {@link
 * java.util.Random}.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("setups")
class ConnectionProgramTest extends NetCase {

  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final int PROGRAMS = Integer.getInteger("pollux.programs", 60);
  private static final int MAX_STEPS = 40;
  private static final int FILE_BYTES = 200_000;

  /** So many turns the peer has everything, and nothing else happens. */
  private static final int CALM_TURNS = 20;

  /** In half of the programs a kernel that soon takes no more, while the peer does not read. */
  static final int SMALL_BUFFER_BYTES = 4_096;

  @TempDir Path directory;

  private byte[] content;
  private Path file;

  static Stream<Setup> setups() {
    return Setup.all();
  }

  @BeforeEach
  void makeFile() throws Exception {
    content = random(FILE_BYTES);
    file = directory.resolve("file");
    if (model != null) {
      model.putFile(file.toString(), content);
    } else {
      Files.write(file, content);
    }
  }

  @Timeout(value = 1, unit = TimeUnit.HOURS) // for as many as one may want
  @ParameterizedTest(name = "tls {0}")
  @ValueSource(booleans = {false, true})
  void programs_agreeWithTheOracle(boolean tls) throws Exception {
    boolean isAll = setup.backend() == Backend.EPOLL && !setup.strict();
    int programs = isAll ? PROGRAMS : (PROGRAMS + 3) / 4; // the others differ from it in little
    int refusedCount = 0;
    for (long seed = SEED; seed < SEED + programs; seed++) {
      String name = "-Dpollux.seed=" + seed + " -Dpollux.programs=1, " + setup + ", tls " + tls;
      ProgramRun run = new ProgramRun(this, seed, content, file);
      try {
        runProgram(run, seed, tls);
      } catch (Throwable t) {
        throw new AssertionError(name + ": " + run, t);
      }
      assertTrue(run.oracle.wrong.isEmpty(), () -> name + ": " + run);
      assertEquals(0, LoopNet.of(loop).pool().usedCount(), () -> "chunks, " + name + ": " + run);
      assertEquals(0, Inside.timerCount(loop), () -> "timers, " + name + ": " + run);
      refusedCount += run.oracle.isAnyRefused() ? 1 : 0;
    }
    int count = refusedCount;
    assertTrue(count >= programs / 10, () -> count + " of " + programs + " programs were refused");
  }

  private void runProgram(ProgramRun run, long seed, boolean tls) throws Exception {
    SplittableRandom dice = new SplittableRandom(seed);
    run.smallBuffers = dice.nextBoolean();
    ServerOptions like =
        ServerOptions.at(loopback(0))
            .withConnection(limits(dice))
            .withTls(tls ? Tls.server(TlsKeys.localhost().identity()) : null);
    SSLContext context = tls ? TlsKeys.trustOnly(TlsKeys.localhost()) : null;
    Server server = track(Server.open(loop, like, _ -> run.firstHandler()));
    Raw raw = raw(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    if (run.smallBuffers) {
      Sockets.setOption(sys, raw.fd(), Linux.SOL_SOCKET, Linux.SO_RCVBUF, SMALL_BUFFER_BYTES);
    }
    boolean _ = Sockets.connect(sys, raw.fd(), server.address());
    awaitReady(raw.fd(), Linux.POLLOUT);
    ProgramPeer peer = new ProgramPeer(sys, sys.dup(raw.fd()), run.oracle, context);
    raw.close();
    until("opened", () -> isReady(peer) && run.isOpened());
    cutShort(dice);
    int steps = 1 + dice.nextInt(MAX_STEPS);
    for (int i = 0; i < steps; i++) {
      step(run, peer, dice);
    }
    probe.inject((_, _) -> null);
    finish(run, peer);
    server.close();
    run.oracle.check();
  }

  private ConnectionOptions limits(SplittableRandom dice) {
    boolean small = dice.nextInt(3) > 0;
    int low = dice.nextInt(small ? 500 : 3_000);
    int high = low + 1 + dice.nextInt(small ? 3_000 : 30_000);
    int most = high + dice.nextInt(4_000);
    most = small ? most : dice.nextInt(4) == 0 ? high + dice.nextInt(100_000) : 1 << 24;
    return options.withLowWaterBytes(low).withHighWaterBytes(high).withMaxQueuedBytes(most);
  }

  /** Some programs have a kernel that moves less at once than it could. */
  private void cutShort(SplittableRandom dice) {
    if (dice.nextInt(3) != 0) {
      return;
    }
    SplittableRandom cuts = new SplittableRandom(dice.nextLong());
    probe.inject((call, arguments) ->
        switch (call) {
          case "send" ->
              sys.send(
                  (int) arguments[0],
                  (long) arguments[1],
                  shorter(cuts, (long) arguments[2]),
                  (int) arguments[3]);
          case "recv" ->
              sys.recv(
                  (int) arguments[0],
                  (long) arguments[1],
                  shorter(cuts, (long) arguments[2]),
                  (int) arguments[3]);
          case "sendfile" ->
              sys.sendfile(
                  (int) arguments[0],
                  (int) arguments[1],
                  (long) arguments[2],
                  shorter(cuts, (long) arguments[3]));
          default -> null;
        });
  }

  private static long shorter(SplittableRandom cuts, long count) {
    return count <= 1 ? count : 1 + cuts.nextInt((int) count);
  }

  private static boolean isReady(ProgramPeer peer) {
    try {
      return peer.isReady();
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  private void step(ProgramRun run, ProgramPeer peer, SplittableRandom dice) throws Exception {
    int what = dice.nextInt(100);
    if (what < 30) {
      for (int turns = 1 + dice.nextInt(3); turns > 0; turns--) {
        turn();
      }
      run.note("turn");
    } else if (what < 55) {
      run.act(dice);
    } else {
      peerStep(run, peer, dice, what);
    }
  }

  private static void peerStep(ProgramRun run, ProgramPeer peer, SplittableRandom dice, int what)
      throws SSLException, SysException {
    if (what < 72) {
      int count = size(dice);
      run.note("peer sends " + count);
      peer.send(run.bytes(dice, count));
    } else if (what < 90) {
      int most = size(dice);
      run.note("peer reads " + most);
      for (int reads = dice.nextInt(4); reads >= 0; reads--) {
        peer.read(most);
      }
    } else if (what < 96) {
      run.note("peer ends");
      peer.end();
    } else if (what == 96) {
      run.note("peer resets");
      peer.reset();
    } else if (what == 97) {
      run.note("peer leaves");
      peer.leave();
    }
  }

  /** Mostly few bytes, sometimes many. */
  static int size(SplittableRandom dice) {
    return 1 + dice.nextInt(dice.nextInt(8) == 0 ? 300_000 : dice.nextInt(3) == 0 ? 20_000 : 100);
  }

  /** The peer reads all, the program closes, and it is over. */
  private void finish(ProgramRun run, ProgramPeer peer) throws Exception {
    run.calmDown();
    int[] calmTurns = {0};
    until(
        "end",
        () -> {
          calmTurns[0] += run.isCalm() || peer.isOver() ? 1 : 0;
          if (calmTurns[0] == CALM_TURNS) {
            run.checkTold();
            run.close();
            calmTurns[0]++;
          }
          read(peer);
          return run.isClosed() && peer.isOver();
        });
    peer.close();
  }

  /** Reads all there is, and ends when there will be no more. */
  private static void read(ProgramPeer peer) {
    try {
      for (int i = 0; i < 16 && !peer.isOver(); i++) {
        peer.read(1 << 16);
      }
      if (peer.isOver()) {
        peer.end();
        peer.read(1); // what it has to say before that
      }
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] part(byte[] of, int start, int count) {
    return Arrays.copyOfRange(of, start, start + count);
  }
}
