package dev.pollux.cli.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** {@code pollux chat} as processes. */
class ChatCommandIT {

  private static Command serve(String... options) throws Exception {
    String[] arguments = new String[options.length + 4];
    System.arraycopy(new String[] {"chat", "serve", "--port", "0"}, 0, arguments, 0, 4);
    System.arraycopy(options, 0, arguments, 4, options.length);
    return new Command(arguments);
  }

  private static Command join(int port, String name) throws Exception {
    Command client = new Command("chat", "join", "127.0.0.1:" + port, "--name", name);
    assertEquals("# what is your name? the first line you send", client.line());
    assertTrue(client.line().startsWith("# you are " + name + "; here are: "));
    return client;
  }

  private static void assertUsage(String expected, String... arguments) throws Exception {
    try (Command command = new Command(arguments)) {
      assertEquals(2, command.exitCode());
      assertTrue(command.errors().contains(expected), command.errors());
      assertEquals(1, command.errors().lines().count(), command.errors());
    }
  }

  private static void assertChats(Command server) throws Exception {
    int port = server.listeningPort();
    try (Command ann = join(port, "ann");
        Command bob = join(port, "bob")) {
      assertEquals("* bob joined", ann.line());
      ann.input("hello\n");
      assertEquals("ann: hello", bob.line());
      bob.input("hi ann\nhow are you?\n");
      assertEquals("bob: hi ann", ann.line());
      assertEquals("bob: how are you?", ann.line());
      bob.input().close();
      assertEquals("* bob left", ann.line());
      assertEquals(0, bob.exitCode());
      ann.input().close();
      assertEquals(0, ann.exitCode());
      assertEquals("", ann.errors());
      assertTrue(server.line().startsWith("ann joined from 127.0.0.1:"));
      assertTrue(server.line().startsWith("bob joined from 127.0.0.1:"));
      server.awaitLine("bob left");
      server.awaitLine("ann left");
    }
    server.signal("TERM");
    assertEquals(0, server.exitCode());
    assertEquals("", server.errors());
  }

  @Test
  void members_onOneLoop_hearEachOther() throws Exception {
    try (Command server = serve()) {
      assertChats(server);
    }
  }

  @Test
  void members_onSeveralLoops_hearEachOther() throws Exception {
    try (Command server = serve("--loops", "3")) {
      assertChats(server);
    }
  }

  @Test
  void server_onSignal_tellsTheMembersAndEnds() throws Exception {
    for (String signal : new String[] {"INT", "TERM"}) {
      try (Command server = serve("--quiet");
          Command ann = join(server.listeningPort(), "ann")) {
        server.signal(signal);
        assertEquals("# the chat ends", ann.line());
        assertEquals(0, server.exitCode());
        assertEquals(0, ann.exitCode());
        assertTrue(ann.errors().contains("closed the connection"), ann.errors());
        assertEquals("", server.rest());
      }
    }
  }

  @Test
  void member_withoutAName_isAskedForOne() throws Exception {
    try (Command server = serve();
        Socket member = new Socket(InetAddress.getLoopbackAddress(), server.listeningPort());
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(member.getInputStream(), ISO_8859_1))) {
      assertEquals("# what is your name? the first line you send", lines.readLine());
      member.getOutputStream().write("* root\nann\n".getBytes(ISO_8859_1));
      assertTrue(lines.readLine().startsWith("# that is no name: "));
      assertEquals("# you are ann; here are: ann", lines.readLine());
    }
  }

  @Test
  void line_tooLong_isTheEndOfItsMember() throws Exception {
    try (Command server = serve("--max-line", "16", "--quiet")) {
      int port = server.listeningPort();
      try (Command ann = join(port, "ann");
          Command bob = join(port, "bob")) {
        ann.awaitLine("* bob joined");
        bob.input("0123456789abcdef\n");
        assertEquals("bob: 0123456789abcdef", ann.line());
        bob.input("0123456789abcdefg\n");
        assertEquals(
            "# your line is longer than 16 bytes, which is the limit; you are dropped", bob.line());
        assertEquals("* bob was dropped: a line too long", ann.line());
        assertEquals(0, bob.exitCode());
      }
    }
  }

  @Test
  void arguments_wrong_areRefusedInOneLine() throws Exception {
    assertUsage("'leave'", "chat", "leave");
    assertUsage("--port", "chat", "serve", "--port", "65536");
    assertUsage("--loops", "chat", "serve", "--loops", "0");
    assertUsage("--max-line", "chat", "serve", "--max-line", "15");
    assertUsage("--max-line", "chat", "serve", "--max-line", "65537");
    assertUsage("--port", "chat", "serve", "--port", "x");
    assertUsage("PORT", "chat", "join", "127.0.0.1");
    assertUsage("PORT", "chat", "join", "127.0.0.1", "0");
    assertUsage("--name", "chat", "join", "127.0.0.1", "1", "--name", "a b");
  }

  @Test
  void port_taken_isAFailureInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Command server = new Command("chat", "serve", "--port", "" + taken.getLocalPort())) {
      assertEquals(1, server.exitCode());
      assertTrue(server.errors().contains("EADDRINUSE"), server.errors());
      assertEquals(1, server.errors().lines().count(), server.errors());
    }
  }

  @Test
  void server_absent_isAFailureInOneLine() throws Exception {
    int free;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = taken.getLocalPort();
    }
    try (Command client = new Command("chat", "join", "127.0.0.1", "" + free)) {
      assertEquals(1, client.exitCode());
      assertTrue(client.errors().startsWith("pollux chat"), client.errors());
      assertTrue(client.errors().contains("ECONNREFUSED"), client.errors());
    }
  }
}
