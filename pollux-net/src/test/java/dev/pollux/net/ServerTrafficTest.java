package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What passes through a server is counted, and how its connections end. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class ServerTrafficTest extends NetCase {

  @TempDir Path folder;

  private Server server;

  private void open(HandlerFactory factory) throws SysException {
    ServerOptions at = ServerOptions.at(loopback(0)).withMaxConnections(1).withConnection(options);
    server = track(Server.open(loop, at, factory));
  }

  private Raw client() throws SysException {
    return connectRaw(server.address());
  }

  private Map<String, Long> ends() {
    Map<String, Long> ends = new TreeMap<>();
    for (CloseReason reason : CloseReason.values()) {
      if (server.traffic().ended(reason) > 0) {
        ends.put(reason.name(), server.traffic().ended(reason));
      }
    }
    return ends;
  }

  @Test
  void bytes_ofBothWays_areCounted() throws Exception {
    open(_ -> track(Recorder.echo()));
    Raw peer = client();
    peer.write("hello");
    until("echo", () -> peer.read().size() == 5);
    assertEquals(5, server.traffic().readBytes());
    assertEquals(5, server.traffic().writtenBytes());
    assertSame(server.traffic(), server.traffic());
    assertEquals(Map.of(), ends());
    peer.close();
    quiet();
    assertEquals(Map.of("END_OF_STREAM", 1L), ends());
  }

  @Test
  void ends_byEachCause_areCounted() throws Exception {
    open(_ ->
        new ConnectionHandler() {
          @Override
          public void received(Connection connection, ByteBuffer data) {
            byte what = data.get();
            if (what == 't') {
              throw new IllegalStateException("on purpose");
            } else if (what == 'r') {
              connection.reset(CloseCause.of(CloseReason.LIMIT, "on purpose"));
            } else {
              connection.close();
            }
          }
        });
    for (String what : List.of("t", "r", "c")) {
      Raw peer = client();
      peer.write(what);
      untilPeerIsOver(peer);
      peer.close();
      quiet();
    }
    assertEquals(Map.of("HANDLER_FAILED", 1L, "LIMIT", 1L, "CLOSED", 1L), ends());
    reported.clear();
  }

  @Test
  void refusals_andPauses_areCounted() throws Exception {
    open(_ -> track(Recorder.echo()));
    Raw first = client();
    quiet();
    untilPeerIsOver(client());
    assertEquals(1, server.traffic().shed(Limit.CONNECTIONS));
    assertEquals(0, server.traffic().shed(Limit.DESCRIPTORS));
    first.close();
    quiet();
    assertEquals(0, server.traffic().acceptPauses());
    probe.inject((call, _) -> call.equals("accept4") ? -Errno.ENOMEM : null);
    Raw waiting = client();
    turn();
    turn();
    assertEquals(1, server.traffic().acceptPauses());
    probe.inject((_, _) -> null);
    until("accept after the pause", () -> server.stats().accepted() == 2);
    waiting.close();
    quiet();
    assertTrue(server.traffic().toString().contains("acceptPauses=1"));
  }

  @Test
  void recording_thatNamesTheEvents_hasThem() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("dev.pollux.ConnectionAccepted");
      recording.enable("dev.pollux.ConnectionRefused");
      recording.enable("dev.pollux.ConnectionClosed");
      recording.start();
      open(_ -> track(Recorder.echo()));
      Raw first = client();
      quiet();
      untilPeerIsOver(client());
      first.close();
      quiet();
      List<RecordedEvent> events = stop(recording);
      assertEquals(
          List.of(
              "dev.pollux.ConnectionAccepted",
              "dev.pollux.ConnectionRefused",
              "dev.pollux.ConnectionClosed"),
          events.stream().map(each -> each.getEventType().getName()).toList());
      assertEquals("CONNECTIONS", events.get(1).getString("limit"));
      assertEquals("END_OF_STREAM", events.get(2).getString("reason"));
      assertTrue(events.get(0).getString("connection").contains(" to "), events::toString);
      assertEquals(loop.options().name(), events.get(2).getString("loop"));
    }
  }

  private List<RecordedEvent> stop(Recording recording) throws IOException {
    recording.stop();
    Path file = folder.resolve("server.jfr");
    recording.dump(file);
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    return events.stream()
        .filter(each -> each.getEventType().getName().startsWith("dev.pollux."))
        .sorted((a, b) -> a.getStartTime().compareTo(b.getStartTime()))
        .toList();
  }
}
