package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code pollux echo} as a process whose system calls strace makes fail: the kernel, the libraries
 * and the whole of the program are real, and only the answers are not.
 *
 * <p>Whatever fails: the server goes on serving, the connection that met the fault ends with a line
 * in the log, nothing spins, no descriptor is left, and it stops in order.
 */
class InjectedFaultIT {

  private static final int CLIENTS = 12;
  private static final int PATIENCE_MILLIS = 30_000;

  /** Waits for readiness, of which a spinning server has many thousands. */
  private static final int MAX_WAITS = 40 * CLIENTS;

  private static final String WAITS = "?epoll_wait,?epoll_pwait,?epoll_pwait2";
  private static final String POLLS = "?poll,?ppoll";
  private static final String SELECTS = "?select,?pselect6";
  private static final String CALLS =
      String.join(",", WAITS, POLLS, SELECTS, "accept4,recvfrom,sendto,epoll_ctl");

  @TempDir Path directory;

  /** What one client came to. */
  private enum Outcome {
    SERVED,
    CUT_OFF
  }

  private static Stream<InjectedFault> harmless() {
    return Stream.of(
        InjectedFault.harmless(
            "connections gone before accept, waits interrupted",
            "--trigger edge",
            "accept4:error=ECONNABORTED:when=1+3",
            WAITS + ":error=EINTR:when=1+2"),
        InjectedFault.harmless(
            "protocol errors at accept, nothing there though ready",
            "",
            "accept4:error=EPROTO:when=1+2",
            "recvfrom:error=EAGAIN:when=1+2",
            "sendto:error=EAGAIN:when=1+2"),
        InjectedFault.harmless(
            "nothing there though ready",
            "--trigger level",
            "recvfrom:error=EAGAIN:when=2+3",
            "sendto:error=EAGAIN:when=1+2"),
        InjectedFault.harmless(
            "transfers interrupted",
            "--trigger edge",
            "recvfrom:error=EINTR:when=1+2",
            "sendto:error=EINTR:when=1+2"),
        InjectedFault.harmless(
            "waits interrupted", "--backend poll", POLLS + ":error=EINTR:when=1+2"),
        InjectedFault.harmless(
            "waits interrupted", "--backend select", SELECTS + ":error=EINTR:when=1+2"));
  }

  private static Stream<InjectedFault> harms() {
    return Stream.of(
        InjectedFault.refusing(
            "process out of descriptors, now and then",
            "",
            "cannot accept: EMFILE",
            "accept4:error=EMFILE:when=3+4"),
        InjectedFault.refusing(
            "process out of descriptors, for a while",
            "--trigger edge",
            "cannot accept: EMFILE",
            "accept4:error=EMFILE:when=5..10"),
        InjectedFault.refusing(
            "system out of descriptors, for a while",
            "",
            "cannot accept: ENFILE",
            "accept4:error=ENFILE:when=3..7"),
        InjectedFault.fatal(
            "connections reset",
            "",
            "closed: reset by the peer (ECONNRESET)",
            "recvfrom:error=ECONNRESET:when=3+4"),
        InjectedFault.fatal(
            "connections reset",
            "--trigger edge",
            "closed: reset by the peer (ECONNRESET)",
            "recvfrom:error=ECONNRESET:when=2+5"),
        InjectedFault.fatal(
            "peers gone", "", "(EPIPE), 9 bytes unsent", "sendto:error=EPIPE:when=2+2"),
        InjectedFault.fatal(
            "peers gone",
            "--trigger edge",
            "(EPIPE), 9 bytes unsent",
            "sendto:error=EPIPE:when=1+3"),
        InjectedFault.refusing(
            "no memory to watch with",
            "",
            "cannot accept: ENOMEM",
            "epoll_ctl:error=ENOMEM:when=4+3"),
        InjectedFault.refusing(
            "too many watches",
            "--trigger edge",
            "cannot accept: ENOSPC",
            "epoll_ctl:error=ENOSPC:when=6+4"));
  }

  @TestFactory
  Stream<DynamicTest> faults_injectedByStrace() {
    if (!hasStrace()) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "strace is missing, so nothing was injected: ./dev setup installs it", () -> {}));
    }
    return Stream.concat(harmless(), harms())
        .map(fault -> DynamicTest.dynamicTest(fault.toString(), () -> serverSurvives(fault)));
  }

  private void serverSurvives(InjectedFault fault) throws Exception {
    Path trace = directory.resolve("trace");
    try (Command server = Command.under(strace(fault, trace), arguments(fault))) {
      int port = server.listeningPort();
      int before = ServerProcess.sockets(server);
      List<Outcome> outcomes = new ArrayList<>();
      try (Socket bystander = new Socket(InetAddress.getLoopbackAddress(), port)) {
        bystander.setSoTimeout(PATIENCE_MILLIS);
        for (int i = 0; i < CLIENTS; i++) {
          if (fault.sparesOthers()) {
            assertEquals("others", ask(bystander, "others"));
          }
          outcomes.add(exchange(port, "message " + i % 10));
        }
      }
      ServerProcess.awaitSockets(server, before);
      server.signal("TERM");
      String log = server.rest();
      assertEquals(0, server.exitCode(), log);
      assertEquals("", server.errors());
      judge(fault, outcomes, log, Files.readString(trace));
    }
  }

  private static void judge(InjectedFault fault, List<Outcome> outcomes, String log, String trace) {
    String all = outcomes + "\n" + log + trace;
    long injected = count(trace, "(INJECTED)");
    long lost = outcomes.stream().filter(Outcome.CUT_OFF::equals).count();
    assertTrue(injected >= 3, () -> "injected " + injected + " times: " + all);
    assertTrue(lost <= CLIENTS / 2, () -> "lost " + lost + " of " + CLIENTS + ": " + all);
    assertTrue(outcomes.getLast() == Outcome.SERVED || fault.victims(), all);
    if (!fault.victims()) {
      assertEquals(0, lost, all);
      assertEquals(CLIENTS + 1, count(log, ": closed: end of stream\n"), all);
    } else if (fault.once()) {
      assertTrue(count(log, fault.logged()) >= 1, all);
    } else {
      assertEquals(injected, count(log, fault.logged()), all);
      assertTrue(lost >= 1 && lost <= injected, all); // some are hit when they are served
    }
    long waits =
        trace.lines().filter(line -> line.matches("\\d+ (epoll_p?wait|p?poll|p?select).*")).count();
    assertTrue(waits <= MAX_WAITS, () -> waits + " waits: " + all);
  }

  /** Connects, sends, ends, and reads to the end. */
  private static Outcome exchange(int port, String text) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertTrue(answer.isEmpty() || answer.equals(text), answer);
      return answer.isEmpty() ? Outcome.CUT_OFF : Outcome.SERVED;
    } catch (SocketException _) {
      return Outcome.CUT_OFF;
    }
  }

  /** A message there and back; the connection stays. */
  private static String ask(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return new String(socket.getInputStream().readNBytes(text.length()), ISO_8859_1);
  }

  /** -D: the process is the server, and strace its grandchild, which ends with it. */
  private static String[] strace(InjectedFault fault, Path trace) {
    List<String> line = new ArrayList<>(List.of("strace", "-D", "-f", "--seccomp-bpf", "-qq"));
    line.addAll(List.of("-e", "signal=none", "-e", "trace=" + CALLS, "-o", trace.toString()));
    for (String call : fault.calls()) {
      line.addAll(List.of("-e", "inject=" + call));
    }
    return line.toArray(new String[0]);
  }

  private static String[] arguments(InjectedFault fault) {
    List<String> line = new ArrayList<>(List.of("echo", "--port", "0"));
    line.addAll(fault.arguments());
    return line.toArray(new String[0]);
  }

  private static long count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1L;
  }

  private static boolean hasStrace() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(entry -> Files.isExecutable(Path.of(entry, "strace")));
  }
}
