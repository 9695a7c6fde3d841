package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.files.FileOptions;
import dev.pollux.http.files.StaticFiles;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Files while they are sent: to who reads slowly, or goes, and where the file or kernel fails. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.http.HostCase$Setup#all")
class FileServingTest extends HostCase {

  private static final int SIZE = 8_000_000; // more than the kernel holds
  private static final Instant NOW = Instant.ofEpochSecond(4_000_000_000L);
  private static final String RANGES = "Range: bytes=0-2999999,3000001-5999999,-2¶";

  @TempDir Path directory;

  private StaticFiles files;

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      content[i] = (byte) (' ' + (i / 251 + i % 251) % 94); // so that no line ends in it
    }
    return content;
  }

  private void put(String name, byte[] content) throws Exception {
    Path path = directory.resolve("site").resolve(name);
    if (model != null) {
      model.putFile(path.toString(), content);
    } else {
      Files.createDirectories(path.getParent());
      Files.write(path, content);
    }
  }

  /** Serves a file of this size, and small ones. */
  private void host(int size) throws Exception {
    put("big", content(size));
    put("ping", HttpWire.bytes("pong"));
    files =
        StaticFiles.open(
            servers, directory.resolve("site"), FileOptions.DEFAULT, InstantSource.fixed(NOW));
    serve(files);
  }

  private static String get(String path, String fields) {
    return "GET " + path + " HTTP/1.1¶Host: a¶" + fields + "¶";
  }

  /** Nothing but the folder itself is open, of the site. */
  private void assertFilesAreClosed() throws Exception {
    quiet();
    List<String> open = new ArrayList<>();
    String inside = directory.toRealPath() + "/";
    if (model != null) {
      for (String each : model.openDescriptors().values()) {
        if (each.contains("/big") || each.contains("/ping")) {
          open.add(each);
        }
      }
    } else {
      try (var fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
        for (Path fd : fds) {
          try {
            String target = Files.readSymbolicLink(fd).toString();
            if (target.startsWith(inside) && !target.equals(inside + "site")) {
              open.add(target);
            }
          } catch (NoSuchFileException _) {
            // that of the listing
          }
        }
      }
    }
    assertEquals(List.of(), open);
  }

  /** With the descriptors of the model compared by the case. */
  @AfterEach
  void closeFiles() throws Exception {
    assertFilesAreClosed();
    files.close();
  }

  private void assertServes(HostPeer peer) throws SysException {
    peer.ask(PING);
  }

  private static String head(String answer) {
    return answer.substring(0, answer.indexOf("¶¶") + 2);
  }

  private static String text(byte[] content) {
    return new String(content, ISO_8859_1).replace("\r\n", "¶");
  }

  /** A client that takes a little, and then turns the loop until the kernel is full. */
  private HostPeer slow(String request) throws SysException {
    HostPeer peer = accepted();
    peer.send(request);
    quiet();
    return peer;
  }

  @Test
  void file_isSentWhole_toWhoReadsSlowly() throws Exception {
    host(SIZE);
    HostPeer peer = slow(get("/big", ""));
    HostPeer other = accepted();
    assertServes(other);
    String expected = text(content(SIZE));
    until("all", () -> peer.read().endsWith(expected.substring(expected.length() - 1000)));
    assertTrue(head(peer.read()).startsWith("HTTP/1.1 200 OK¶"), head(peer.read()));
    assertTrue(head(peer.read()).contains("Content-Length: " + SIZE + "¶"));
    assertEquals(expected, peer.read().substring(head(peer.read()).length()));
    assertServes(peer);
    assertRests();
    assertEquals(List.of(), reported);
  }

  @Test
  void parts_areSentWhole_toWhoReadsSlowly() throws Exception {
    host(SIZE);
    HostPeer peer = slow(get("/big", RANGES));
    until("the end", () -> peer.read().endsWith("--¶"));
    String all = peer.read();
    String head = head(all);
    assertTrue(head.startsWith("HTTP/1.1 206 "), head);
    Matcher boundary = Pattern.compile("boundary=([^¶]+)¶").matcher(head);
    assertTrue(boundary.find(), head);
    String mark = "¶--" + boundary.group(1);
    byte[] content = content(SIZE);
    StringBuilder expected = new StringBuilder();
    for (int[] part : new int[][] {{0, 2_999_999}, {3_000_001, 5_999_999}, {SIZE - 2, SIZE - 1}}) {
      expected
          .append(mark)
          .append("¶Content-Type: application/octet-stream¶Content-Range: bytes ")
          .append(part[0] + "-" + part[1] + "/" + SIZE + "¶¶")
          .append(text(java.util.Arrays.copyOfRange(content, part[0], part[1] + 1)));
    }
    assertEquals(expected + mark + "--¶", all.substring(head.length()));
    assertServes(peer);
    assertRests();
    assertEquals(List.of(), reported);
  }

  @Test
  void file_thatGrows_isSentAsLongAsItWas() throws Exception {
    for (String fields : List.of("", RANGES)) {
      if (server == null) {
        host(SIZE);
      }
      put("big", content(SIZE));
      HostPeer peer = slow(get("/big", fields));
      put("big", content(SIZE + 1_000_000));
      peer.send(PING);
      until("the answer behind it", () -> peer.read().endsWith("¶¶pong"));
      String all = peer.read();
      Matcher length = Pattern.compile("Content-Length: ([0-9]+)¶").matcher(all);
      assertTrue(length.find());
      String raw = all.replace("¶", "\r\n");
      int end = raw.indexOf("\r\n\r\n") + 4 + Integer.parseInt(length.group(1));
      assertTrue(raw.startsWith("HTTP/1.1 200 OK\r\n", end), "what is behind the content");
    }
    assertEquals(List.of(), reported);
  }

  @Test
  void file_thatShrinks_isVisiblyCutOff() throws Exception {
    for (String fields : List.of("", RANGES)) {
      if (server == null) {
        host(SIZE);
      }
      put("big", content(SIZE));
      HostPeer peer = slow(get("/big", fields));
      put("big", content(100));
      peer.send(PING);
      String all = peer.readToTheEnd();
      assertFalse(peer.isEndedInOrder(), "a reset, not an end");
      assertFalse(all.contains("pong"), "nothing stands in the place of what is missing");
      assertTrue(all.replace("¶", "\r\n").length() < 6_000_000);
      assertFilesAreClosed();
      HostPeer next = accepted();
      assertServes(next);
    }
  }

  @Test
  void client_thatGoes_leavesNothing() throws Exception {
    host(SIZE);
    for (String fields : List.of("", RANGES, "Range: bytes=5-¶")) {
      for (boolean isReset : new boolean[] {true, false}) {
        HostPeer peer = slow(get("/big", fields));
        if (isReset) {
          peer.reset();
        } else {
          peer.close();
        }
        passUntilOver(peer.connection, 5 * SECOND);
        assertTrue(peer.connection.isClosed(), fields);
        assertFilesAreClosed();
      }
    }
    assertServes(accepted());
    assertRests();
    assertEquals(List.of(), reported);
  }

  @Test
  void answers_withoutContent_leaveNothing() throws Exception {
    host(1000);
    HostPeer peer = accepted();
    for (String request :
        List.of(
            get("/big", "If-None-Match: *¶"),
            get("/big", "If-Match: \"x\"¶"),
            get("/big", "Range: bytes=1000-¶"),
            get("/none", ""),
            get("/", ""),
            "HEAD /big HTTP/1.1¶Host: a¶¶",
            "HEAD /big HTTP/1.1¶Host: a¶Range: bytes=0-1,3-4¶¶",
            "POST /big HTTP/1.1¶Host: a¶Content-Length: 3¶¶abc")) {
      peer.send(request);
      peer.send(PING);
      until("an answer to " + request, () -> peer.read().endsWith("¶¶pong"));
      peer.ask(PING);
      assertFilesAreClosed();
    }
    assertEquals(List.of(), reported);
  }

  @Test
  void filter_thatThrows_leavesNothing() throws Exception {
    host(1000);
    server.close();
    HttpHandler around =
        (request, response) -> {
          if (!request.path().equals("/ping")) {
            response.filters.add((_, answer) -> {
              if (answer.status() < 400) {
                throw new IllegalStateException("planted");
              }
            });
          }
          files.handle(request, response);
        };
    serve(around);
    HostPeer peer = accepted();
    for (String fields :
        List.of("", "Range: bytes=0-1¶", "Range: bytes=0-1,3-4¶", "If-None-Match: *¶")) {
      reported.clear();
      peer.send(get("/big", fields));
      until("an answer", () -> peer.read().endsWith("500 Internal Server Error\n"));
      assertEquals(1, reported.size(), reported::toString);
      assertTrue(reported.getFirst().contains("planted"), reported::toString);
      peer.ask(PING);
      assertFilesAreClosed();
    }
  }

  @Test
  void descriptors_none_is503_andTheConnectionGoesOn() throws Exception {
    host(1000);
    HostPeer peer = accepted();
    for (int errno : new int[] {Errno.EMFILE, Errno.ENFILE}) {
      fault = (call, _) -> call.equals("openat2") ? (Object) (-errno) : null;
      peer.send(get("/big", ""));
      until("an answer", () -> peer.read().contains("HTTP/1.1 503 "));
      fault = NO_FAULT;
      peer.ask(PING);
    }
    assertEquals(List.of(), reported);
    assertRests();
  }

  @Test
  void disk_thatFailsMeanwhile_cutsOff() throws Exception {
    for (String fields : List.of("", RANGES)) {
      if (server == null) {
        host(SIZE);
      }
      HostPeer peer = slow(get("/big", fields));
      fault =
          (call, _) ->
              call.equals("sendfile") || call.equals("pread") ? (Object) (-Errno.EIO) : null;
      peer.send(PING);
      String all = peer.readToTheEnd();
      assertFalse(peer.isEndedInOrder(), "a reset, not an end");
      assertFalse(all.contains("pong"));
      fault = NO_FAULT;
      assertFilesAreClosed();
      assertServes(accepted());
    }
  }

  @Test
  void close_whileFilesAreSent_letsThemBeSent() throws Exception {
    host(SIZE);
    HostPeer peer = slow(get("/big", ""));
    HostPeer parts = slow(get("/big", RANGES));
    files.close();
    files.close();
    String expected = text(content(SIZE));
    until("all", () -> peer.read().endsWith(expected.substring(expected.length() - 1000)));
    until("the parts", () -> parts.read().endsWith("--¶"));
    HostPeer next = accepted();
    next.send(get("/big", ""));
    until("an answer", () -> next.read().contains("HTTP/1.1 503 "));
    assertEquals(List.of(), reported);
  }
}
