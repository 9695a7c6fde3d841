package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random calls to a random server, over a kernel that reads and writes a little at a time: each
 * call ends once, whoever gets an answer gets that to his own request, nothing that was said
 * unasked is ever one, nothing is sent twice that must not be, and nothing is left.
 */
class ClientFuzzTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.programs", 20_000) / 50;
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final int STEPS = 60;

  private final List<Asked> asked = new ArrayList<>();
  private final List<Served> served = new ArrayList<>();
  private final List<String> posts = new ArrayList<>(); // that a server has read whole
  private Random random;
  private ClientWire wire;

  /** A call. */
  private final class Asked extends Heard {
    final String path;
    int left = -1; // of a streamed body

    Asked(String path) {
      this.path = path;
    }

    @Override
    public void data(ClientCall of, ByteBuffer data) throws Exception {
      super.data(of, data);
      if (random.nextInt(4) == 0) {
        of.pause();
      } else if (random.nextInt(40) == 0) {
        of.cancel();
      } else if (random.nextInt(60) == 0) {
        throw new IllegalStateException("so it is");
      }
    }

    void write() {
      if (left > 0 && call.isWritable()) {
        int count = 1 + random.nextInt(left);
        ByteBuffer piece = ByteBuffer.allocate(count);
        if (call.write(piece).isTaken()) {
          left -= count;
        }
      }
      if (left == 0 && call.isWritable()) {
        left = -1;
        call.end();
      }
    }
  }

  /** A server's end of a connection. */
  private final class Served {
    final ClientWire.Peer peer;
    String text = "";
    boolean isOver;

    Served(ClientWire.Peer peer) {
      this.peer = peer;
    }

    /** Takes a request if there is a whole one; its path, or null. */
    String take() {
      text += peer.read();
      int head = text.indexOf("¶¶");
      if (head < 0) {
        return null;
      }
      int from = head + 2;
      int end = from;
      int mark = text.indexOf("¶Content-Length: ");
      if (mark >= 0 && mark < head) {
        int valueFrom = mark + "¶Content-Length: ".length();
        end += Integer.parseInt(text.substring(valueFrom, text.indexOf('¶', valueFrom)));
      }
      if (text.length() < end) {
        return null;
      }
      String line = text.substring(0, text.indexOf(" HTTP/1.1¶"));
      text = text.substring(end);
      if (line.startsWith("POST ")) {
        assertFalse(posts.contains(line), line + " was sent twice");
        posts.add(line);
      }
      return line.substring(line.indexOf(' ') + 1);
    }

    void step() {
      String path = take();
      switch (random.nextInt(path == null ? 24 : 12)) {
        case 0 -> end();
        case 1 -> {
          isOver = true;
          peer.reset();
        }
        case 2 -> {
          isOver = true;
          peer.vanish();
        }
        case 12 -> poison();
        default -> {
          if (path != null) {
            answer(path);
          }
        }
      }
    }

    private void end() {
      isOver = true;
      peer.end();
    }

    /** Nothing was asked: what comes now is nobody's answer. */
    private void poison() {
      if (text.isEmpty()) {
        send("HTTP/1.1 200 OK¶Content-Length: 4¶¶evil");
      }
    }

    private void answer(String path) {
      String body = path + "x".repeat(random.nextInt(3) == 0 ? random.nextInt(100_000) : 0);
      String length = "Content-Length: " + body.length() + "¶";
      switch (random.nextInt(8)) {
        case 0 -> send("HTTP/1.1 200 OK¶¶" + body, true);
        case 1 -> send("HTTP/1.1 200 OK¶Connection: close¶" + length + "¶" + body, true);
        case 2 -> {
          String size = Integer.toHexString(body.length());
          send("HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶" + size + "¶" + body + "¶0¶¶");
        }
        case 3 -> send("HTTP/1.1 103 x¶A: b¶¶HTTP/1.1 200 OK¶" + length + "¶" + body);
        case 4 -> send("HTTP/1.1 200 OK¶" + length + "¶" + body + "evil");
        case 5 ->
            send("HTTP/1.1 200 OK¶" + length + "¶" + body.substring(0, body.length() / 2), true);
        default -> send("HTTP/1.1 200 OK¶" + length + "¶" + body);
      }
    }

    private void send(String answer, boolean isLast) {
      send(answer);
      if (isLast && !isOver) {
        end();
      }
    }

    private void send(String answer) {
      byte[] bytes = ClientWire.bytes(answer);
      int sent = 0;
      try {
        while (sent < bytes.length && !isOver) {
          int size = Math.min(bytes.length - sent, 1 + random.nextInt(60_000));
          byte[] piece = Arrays.copyOfRange(bytes, sent, sent + size);
          int taken = peer.offer(piece);
          sent += taken;
          if (taken < size) {
            asked.forEach(each -> each.call.resume()); // so that it gets on
            wire.pass(Duration.ofMillis(10));
          }
        }
      } catch (AssertionError _) {
        isOver = true; // the client wants no more
      }
    }
  }

  private void step(int index) {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> ask(index);
      case 3 -> {
        if (!asked.isEmpty() && random.nextBoolean()) {
          asked.get(random.nextInt(asked.size())).call.cancel();
        }
      }
      case 4 -> asked.forEach(each -> each.call.resume());
      case 5 -> {
        if (random.nextInt(4) == 0) {
          wire.pass(Duration.ofMillis(random.nextInt(40_000)));
        }
      }
      case 6 -> asked.forEach(Asked::write);
      default -> {
        wire.accepted().forEach(peer -> served.add(new Served(peer)));
        List<Served> open = served.stream().filter(each -> !each.isOver).toList();
        if (!open.isEmpty()) {
          open.get(random.nextInt(open.size())).step();
        }
      }
    }
  }

  private void ask(int index) {
    String method = List.of("GET", "PUT", "POST").get(random.nextInt(3));
    Asked call = new Asked("/" + index + "/");
    ClientRequest request = wire.of(method, call.path);
    if (!method.equals("GET")) {
      int size = random.nextInt(4) == 0 ? random.nextInt(200_000) : random.nextInt(9);
      boolean isStreamed = random.nextBoolean();
      call.left = isStreamed ? size : -1;
      request = isStreamed ? request.withStreamedBody(size) : request.withBody(new byte[size]);
      request = random.nextInt(4) == 0 ? request.withContinue() : request;
    }
    if (random.nextInt(4) == 0) {
      request = request.withTotalTime(Duration.ofMillis(1 + random.nextInt(9_000)));
    }
    call.call = wire.client.send(request, call);
    asked.add(call);
  }

  private void run(long seed) {
    random = new Random(seed);
    asked.clear();
    served.clear();
    posts.clear();
    Faults faults =
        seed % 3 == 0
            ? Faults.none()
            : Faults.none().with(Fault.SHORT_READ, 0.3).with(Fault.SHORT_WRITE, 0.3);
    ClientOptions options =
        ClientOptions.DEFAULT
            .withConnectionsPerOrigin(1 + random.nextInt(4))
            .withWaitingRequests(random.nextInt(8))
            .withIdleConnections(random.nextInt(4))
            .withDecompression(false);
    try (ClientWire made = new ClientWire(options, faults)) {
      wire = made;
      for (int i = 0; i < STEPS; i++) {
        step(i);
      }
      made.client.close();
      made.turn();
      for (Asked each : asked) {
        String what = "-Dpollux.seed=" + seed + ": " + each.path + " " + each.outcome();
        assertEquals(1, each.ends, what);
        assertFalse(each.body.toString().contains("evil"), what);
        if (each.answer != null) {
          String body = each.body.toString();
          String begun = each.path.substring(0, Math.min(each.path.length(), body.length()));
          assertTrue(body.startsWith(begun), what);
        }
        if (each.failure == null) {
          assertTrue(each.body.toString().startsWith(each.path), what);
        }
      }
      assertEquals(List.of(), made.reported, "-Dpollux.seed=" + seed);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("-Dpollux.seed=" + seed + ": " + e.getMessage(), e);
    }
  }

  @Test
  void calls_random_endOnce_andHaveTheirOwnAnswers() {
    for (int program = 0; program < PROGRAMS; program++) {
      run(SEED + program);
    }
  }
}
