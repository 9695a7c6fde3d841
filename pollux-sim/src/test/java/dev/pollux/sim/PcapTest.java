package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packets of a run, as a file that other programs read. */
class PcapTest {

  private static final String PROPERTY = "pollux.sim.pcap";
  private static final int ICMP = 1;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int IP_BYTES = 20;

  @TempDir Path folder;

  @AfterEach
  void forget() {
    var _ = System.clearProperty(PROPERTY);
  }

  /** A connection over which a text goes, and a datagram that nobody takes. */
  private static void talk(Sim sim) throws Exception {
    Host _ =
        sim.host("server")
            .program(env -> {
              Server _ =
                  Server.open(
                      env.loop(),
                      ServerOptions.at(env.any(7000)),
                      _ -> (_, data) -> data.position(data.limit()));
            });
    Host _ =
        sim.host("client")
            .program(env -> {
              Connection connection =
                  Connection.connect(
                      env.loop(),
                      env.at("server", 7000),
                      Duration.ofSeconds(10).toNanos(),
                      ConnectionOptions.DEFAULT,
                      (_, _) -> {});
              WriteResult _ = connection.write("a text".getBytes(StandardCharsets.US_ASCII));
              connection.end();
              DatagramEndpoint endpoint =
                  DatagramEndpoint.open(
                      env.loop(), env.any(0), DatagramOptions.DEFAULT, (_, _, _, _) -> {});
              ByteBuffer odd = ByteBuffer.wrap(new byte[] {1, 2, 3});
              boolean _ = endpoint.send(odd, env.at("server", 9));
            });
  }

  private record Frame(long nanos, ByteBuffer ip) {
    int protocol() {
      return ip.get(9);
    }
  }

  private static List<Frame> frames(Path file) throws Exception {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0xa1b23c4d, all.getInt(0)); // nanoseconds
    assertEquals(228, all.getInt(20)); // IPv4
    List<Frame> frames = new ArrayList<>();
    for (int at = 24; at < all.limit(); ) {
      long nanos = all.getInt(at) * 1_000_000_000L + all.getInt(at + 4);
      int size = all.getInt(at + 8);
      assertEquals(size, all.getInt(at + 12));
      frames.add(new Frame(nanos, all.slice(at + 16, size).order(ByteOrder.BIG_ENDIAN)));
      at += 16 + size;
    }
    return frames;
  }

  /** Ones' complement, over a range and what comes before it. */
  private static int sum(ByteBuffer bytes, int from, int to, int start) {
    int sum = start;
    for (int i = from; i < to; i++) {
      sum += (bytes.get(i) & 0xff) << (i % 2 == from % 2 ? 8 : 0);
    }
    return (sum & 0xffff) + (sum >> 16);
  }

  @Test
  void packets_areThere_withTheirNumbersAndSums() throws Exception {
    Path file = folder.resolve("run.pcap");
    var _ = System.setProperty(PROPERTY, file.toString());
    assertEquals(3, Sim.seeds(3).run(PcapTest::talk).runs());
    StringBuilder text = new StringBuilder();
    List<Integer> protocols = new ArrayList<>();
    int flags = 0;
    long before = 0;
    for (Frame frame : frames(file)) {
      ByteBuffer ip = frame.ip();
      assertTrue(frame.nanos() >= before);
      before = frame.nanos();
      assertEquals(ip.limit(), ip.getShort(2));
      assertEquals(0xffff, sum(ip, 0, IP_BYTES, 0));
      int pseudo = sum(ip, 12, IP_BYTES, frame.protocol() + ip.limit() - IP_BYTES);
      int start = frame.protocol() == ICMP ? 0 : pseudo;
      assertEquals(0xffff, sum(ip, IP_BYTES, ip.limit(), start), () -> "of " + frame.protocol());
      if (!protocols.contains(frame.protocol())) {
        protocols.add(frame.protocol());
      }
      if (frame.protocol() == TCP) {
        flags |= ip.get(33);
        if (ip.limit() > 40) {
          assertEquals(1, ip.getInt(24)); // the first byte of the stream
          byte[] data = new byte[ip.limit() - 40];
          var _ = ip.get(40, data);
          text.append(new String(data, StandardCharsets.US_ASCII));
        }
      }
    }
    assertEquals("a text", text.toString());
    assertEquals(List.of(TCP, UDP, ICMP), protocols);
    assertEquals(0b11011, flags); // ACK, PSH, SYN and FIN
  }

  @Test
  void ofSeveralSeeds_theOneThatFailedIsWritten() throws Exception {
    Path file = folder.resolve("failed.pcap");
    var _ = System.setProperty(PROPERTY, file.toString());
    assertThrows(
        SimFailure.class,
        () ->
            Sim.seeds(5)
                .run(sim -> {
                  if (sim.seed() == 2) {
                    talk(sim);
                    sim.after(Duration.ofSeconds(1), () -> sim.fail("this one"));
                  }
                }));
    assertTrue(frames(file).size() > 5);
  }

  @Test
  void fileThatCannotBeWritten_isNamed() {
    var _ = System.setProperty(PROPERTY, folder.toString());
    UncheckedIOException e =
        assertThrows(UncheckedIOException.class, () -> Sim.seeds(1).run(PcapTest::talk));
    assertTrue(e.getMessage().startsWith("pollux.sim.pcap=" + folder), e.getMessage());
  }
}
