package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.SignalFd;
import dev.pollux.poll.SignalInfo;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A signal as an event of the loop, beside tasks and timers. */
class LoopSignalTest {

  @ParameterizedTest(name = "[{0}/native] {displayName}")
  @EnumSource(Backend.class)
  void signal_sentToTheLoopsThread_leadsToItsHandler(Backend backend) throws Exception {
    List<String> log = new ArrayList<>();
    Thread thread =
        Thread.ofPlatform() // whose signal mask ends with it
            .start(() -> {
              try {
                receive(backend, log);
              } catch (SysException e) {
                log.add(e.getMessage());
              }
            });
    LoopCase.join(thread);
    assertEquals(List.of("raised 0", "signal " + Linux.SIGUSR1), log);
  }

  private static void receive(Backend backend, List<String> log) throws SysException {
    Sys sys = NativeSys.open();
    try (SignalFd source = SignalFd.open(sys, Linux.SIGUSR1);
        EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT.withBackend(backend))) {
      LoopHandler handler =
          new LoopHandler() {
            @Override
            public void ready(Event event) {
              try {
                SignalInfo info = source.take();
                log.add("signal " + (info == null ? "none" : info.signal()));
              } catch (SysException e) {
                throw new java.io.UncheckedIOException(e);
              }
              loop.stop();
            }

            @Override
            public void failed(Throwable cause) {
              if (!(cause instanceof ClosedLoopException)) {
                log.add(cause.toString());
              }
            }
          };
      int _ = loop.add(source.fd(), Interest.READABLE, Trigger.LEVEL, handler).fd();
      loop.execute(() -> log.add("raised " + sys.raise(Linux.SIGUSR1)));
      loop.run();
    }
  }
}
