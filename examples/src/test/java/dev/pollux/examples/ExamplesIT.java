package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each example as a process, against plain sockets. */
class ExamplesIT {

  @Test
  void echo_ofLines_sendsThemBack() throws Exception {
    try (Program echo = new Program(Echo.class);
        Client client = echo.connect()) {
      client.send("hello\n");
      assertEquals("hello", client.line());
      client.send("rest");
      client.socket.shutdownOutput();
      assertEquals("rest", client.line());
      assertNull(client.line());
    }
  }

  @Test
  void echo_peerThatDoesNotRead_isNotReadEither() throws Exception {
    try (Program echo = new Program(Echo.class);
        Client client = echo.connect()) {
      Flood.throughSlowReader(client, client);
    }
  }

  @Test
  void chat_line_isHeardByTheOthers() throws Exception {
    try (Program chat = new Program(Chat.class);
        Client ann = chat.connect();
        Client bob = chat.connect();
        Client eve = chat.connect()) {
      // Who has heard something is in.
      List<Client> others = new ArrayList<>(List.of(bob, eve));
      for (Client other : others) {
        Flood.untilHeard(ann, other, "are you there?");
      }
      ann.send("hello\n");
      bob.send("hi\n");
      assertEquals("hello", Flood.lineAfter(bob, "are you there?"));
      assertEquals("hi", ann.line());
      List<String> heard = new ArrayList<>();
      heard.add(Flood.lineAfter(eve, "are you there?"));
      heard.add(eve.line());
      heard.sort(null);
      assertEquals(List.of("hello", "hi"), heard);
    }
  }

  @Test
  void chat_memberThatDoesNotRead_isDropped_andTheOthersHearAll() throws Exception {
    try (Program chat = new Program(Chat.class);
        Client loud = chat.connect();
        Client deaf = chat.connect();
        Client reader = chat.connect()) {
      Flood.untilHeard(loud, deaf, "are you there?");
      Flood.untilHeard(loud, reader, "are you there?");
      Flood.untilDropped(loud, deaf, reader);
    }
  }

  @Test
  void proxy_bothWays_passesBytesAndHalfClosesOn() throws Exception {
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Program proxy = new Program(Proxy.class, "" + target.getLocalPort());
        Client client = proxy.connect();
        Client server = new Client(target.accept())) {
      client.send("question\n");
      assertEquals("question", server.line());
      client.socket.shutdownOutput();
      assertNull(server.line());
      server.send("answer\n");
      assertEquals("answer", client.line());
      server.socket.shutdownOutput();
      assertNull(client.line());
    }
  }

  @Test
  void proxy_endThatDoesNotRead_makesTheOtherWait() throws Exception {
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Program proxy = new Program(Proxy.class, "" + target.getLocalPort());
        Client client = proxy.connect();
        Client server = new Client(target.accept())) {
      Flood.throughSlowReader(client, server);
      Flood.throughSlowReader(server, client);
    }
  }

  @Test
  void proxy_serverAbsent_resetsTheClient() throws Exception {
    int free;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = taken.getLocalPort();
    }
    try (Program proxy = new Program(Proxy.class, "" + free);
        Client client = proxy.connect()) {
      assertThrows(IOException.class, client::line);
    }
  }

  @Test
  @SuppressWarnings("try") // the reset is what is tested
  void proxy_resetOfOneEnd_isSeenByTheOther() throws Exception {
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Program proxy = new Program(Proxy.class, "" + target.getLocalPort());
        Client client = proxy.connect();
        Client server = new Client(target.accept())) {
      server.socket.setSoLinger(true, 0);
      server.close();
      assertThrows(IOException.class, client::line);
    }
  }

  @Test
  void heartbeat_silence_isBrokenAndThenEnded() throws Exception {
    try (Program heartbeat = new Program(HeartbeatServer.class);
        Client client = heartbeat.connect()) {
      client.send("hello\n");
      assertEquals("hello", client.line());
      String line = client.line();
      assertEquals("still here", line);
      while ("still here".equals(line)) {
        line = client.line();
      }
      assertEquals("good-bye", line);
      assertNull(client.line());
    }
  }

  @Test
  void workers_requests_areAnsweredInOrder() throws Exception {
    try (Program workers = new Program(WorkersExample.class);
        Client client = workers.connect()) {
      client.send("14\n1000000000000\n-1\nx\n2\n");
      assertEquals("17", client.line());
      assertEquals("1000000000039", client.line());
      assertEquals("not a number from 0 on", client.line());
      assertEquals("not a number from 0 on", client.line());
      assertEquals("3", client.line());
    }
  }

  @Test
  void virtualThreads_conversations_goOnSideBySide() throws Exception {
    try (Program server = new Program(VirtualThreads.class);
        Client ann = server.connect();
        Client bob = server.connect()) {
      assertEquals("What is your name?", ann.line());
      assertEquals("What is your name?", bob.line());
      bob.send("\nBob\n");
      assertEquals("Pardon?", bob.line());
      assertEquals("Hello, Bob!", bob.line());
      assertNull(bob.line());
      ann.send("Ann\n");
      assertEquals("Hello, Ann!", ann.line());
      assertNull(ann.line());
    }
  }
}
