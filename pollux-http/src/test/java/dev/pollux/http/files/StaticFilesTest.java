package dev.pollux.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files over HTTP, on this system's kernel. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StaticFilesTest {

  private static final String TEN = "0123456789";
  private static final String LAST_MODIFIED = "Sun, 09 Sep 2001 01:46:40 GMT"; // 1,000,000,000
  private static final FileTime TIME = FileTime.from(1_000_000_000, TimeUnit.SECONDS);

  @TempDir private Path parent;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(parent.resolve("site"));
    write("index.html", "<h1>index</h1>");
    write("ten.txt", TEN);
    write("sub/index.html", "sub");
    write("sub/page.txt", "page");
    write("bare/one.txt", "one");
    Files.writeString(parent.resolve("secret.txt"), "secret");
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return Files.setLastModifiedTime(file, TIME);
  }

  private Site site() throws IOException {
    return new Site(folder, FileOptions.DEFAULT);
  }

  @Test
  void file_isSent_withWhatDescribesIt() throws IOException {
    try (Site site = site()) {
      String answer = site.get("/ten.txt");
      assertEquals(200, Site.status(answer));
      assertEquals(TEN, Site.content(answer));
      assertEquals("10", Site.field(answer, "Content-Length"));
      assertEquals("text/plain; charset=utf-8", Site.field(answer, "Content-Type"));
      assertEquals(LAST_MODIFIED, Site.field(answer, "Last-Modified"));
      assertEquals("bytes", Site.field(answer, "Accept-Ranges"));
      assertTrue(Site.field(answer, "ETag").matches("\"[!-~]+\""), answer);
      String head = site.ask("HEAD", "/ten.txt");
      assertEquals("", Site.content(head));
      assertEquals("10", Site.field(head, "Content-Length"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/, <h1>index</h1>",
    "/sub/, sub",
    "/sub/page.txt, page",
    "/sub/pa%67e.txt, page",
    "/ten.txt?query, 0123456789",
  })
  void path_namesAFile(String path, String content) throws IOException {
    try (Site site = site()) {
      assertEquals(content, Site.content(site.get(path)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/none.txt",
        "/bare/",
        "/ten.txt/",
        "/ten.txt/more",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/sub/../../secret.txt",
        "/sub/..%2f..%2fsecret.txt",
        "/sub%2fpage.txt",
        "//ten.txt",
        "/sub//page.txt",
        "/./ten.txt",
        "/ten.txt%00",
        "/.hidden",
        "/sub/.hidden/x",
        "/link.txt",
        "/out.txt",
        "/linked/page.txt",
        "/fifo"
      })
  void path_namesNothingThatMayBeSeen_is404(String path) throws IOException {
    write(".hidden", "hidden");
    write("sub/.hidden/x", "hidden");
    link("link.txt", "ten.txt");
    link("out.txt", "../secret.txt");
    link("linked", "sub");
    makeFifo();
    try (Site site = site()) {
      String answer = site.get(path);
      assertEquals(404, Site.status(answer), answer);
      assertFalse(answer.contains("secret") || answer.contains("hidden"), answer);
    }
  }

  private void link(String name, String to) throws IOException {
    Files.createSymbolicLink(folder.resolve(name), Path.of(to));
  }

  private void makeFifo() throws IOException {
    Process mkfifo = new ProcessBuilder("mkfifo", folder.resolve("fifo").toString()).start();
    assertEquals(0, mkfifo.onExit().join().exitValue());
  }

  @Test
  void wellKnown_isServed_andDotfilesIfAllowed() throws IOException {
    write(".well-known/acme", "token");
    write(".hidden", "hidden");
    try (Site site = site()) {
      assertEquals("token", Site.content(site.get("/.well-known/acme")));
    }
    try (Site site = new Site(folder, FileOptions.DEFAULT.withDotfiles(true))) {
      assertEquals("hidden", Site.content(site.get("/.hidden")));
    }
  }

  @Test
  void links_ifAllowed_areFollowedWithinTheFolderAlone() throws IOException {
    link("link.txt", "ten.txt");
    link("linked", "sub");
    link("out.txt", "../secret.txt");
    link("absolute.txt", folder.resolve("ten.txt").toString());
    try (Site site = new Site(folder, FileOptions.DEFAULT.withLinks(true))) {
      assertEquals(TEN, Site.content(site.get("/link.txt")));
      assertEquals("page", Site.content(site.get("/linked/page.txt")));
      assertEquals(404, Site.status(site.get("/out.txt")));
      assertEquals(404, Site.status(site.get("/absolute.txt")));
    }
  }

  @Test
  void folder_swappedForALinkMeanwhile_leadsNowhereElse() throws Exception {
    Path inside = folder.resolve("swapped");
    Path outside = Files.createDirectory(parent.resolve("outside"));
    Files.writeString(outside.resolve("page.txt"), "outside");
    Path real = Files.createDirectory(folder.resolve("real"));
    Files.writeString(real.resolve("page.txt"), "inside");
    Path link = Files.createSymbolicLink(parent.resolve("link"), outside);
    AtomicBoolean isOver = new AtomicBoolean();
    Thread swapper =
        new Thread(() -> {
          try {
            while (!isOver.get()) {
              Files.move(real, inside, StandardCopyOption.ATOMIC_MOVE);
              Files.move(inside, real, StandardCopyOption.ATOMIC_MOVE);
              Files.move(link, inside, StandardCopyOption.ATOMIC_MOVE);
              Files.move(inside, link, StandardCopyOption.ATOMIC_MOVE);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    try (Site site = new Site(folder, FileOptions.DEFAULT.withLinks(true))) {
      swapper.start();
      for (int i = 0; i < 500; i++) {
        String answer = site.get("/swapped/page.txt");
        assertTrue(Site.status(answer) != 200 || Site.content(answer).equals("inside"), answer);
      }
    } finally {
      isOver.set(true);
      swapper.join();
    }
  }

  @Test
  void folder_withoutASlash_isRedirected_toThisHostAlone() throws IOException {
    try (Site site = site()) {
      String answer = site.get("/sub?a=b");
      assertEquals(301, Site.status(answer));
      assertEquals("/sub/?a=b", Site.field(answer, "Location"));
      assertEquals(404, Site.status(site.get("//sub")));
    }
  }

  @Test
  void method_other_is405_andOptionsSayWhich() throws IOException {
    try (Site site = site()) {
      String answer = site.ask("DELETE", "/ten.txt");
      assertEquals(405, Site.status(answer));
      assertEquals("GET, HEAD, OPTIONS", Site.field(answer, "Allow"));
      assertEquals(204, Site.status(site.ask("OPTIONS", "/ten.txt")));
    }
  }

  @Test
  void fallback_answersPathsOfTheClients() throws IOException {
    write("app.html", "app");
    try (Site site = new Site(folder, FileOptions.DEFAULT.withFallback("app.html"))) {
      assertEquals("app", Site.content(site.get("/users/1")));
      assertEquals(404, Site.status(site.get("/missing.js")));
      assertEquals(TEN, Site.content(site.get("/ten.txt")));
    }
  }

  @Test
  void listing_linksToAllThatIsThere() throws IOException {
    List<String> names = List.of("a b", "<i>&\"'", "100%", "what?", "ü", "#", "x:y");
    for (String name : names) {
      write("bare/" + name, "of " + name);
    }
    write("bare/.hidden", "hidden");
    link("bare/link", "one.txt");
    try (Site site = new Site(folder, FileOptions.DEFAULT.withListing(true))) {
      String page = Site.content(site.get("/bare/"));
      assertFalse(page.contains("hidden") || page.contains("link"), page);
      assertFalse(page.contains("<i>"), page);
      Matcher links = Pattern.compile("href=\"\\./([^\"]+)\"").matcher(page);
      int count = 0;
      while (links.find()) {
        assertEquals(200, Site.status(site.get("/bare/" + links.group(1))), links.group());
        count++;
      }
      assertEquals(names.size() + 1, count);
    }
  }

  // ---- ranges and conditions

  @ParameterizedTest
  @CsvSource({
    "0-3, 206, 0123, bytes 0-3/10",
    "8-, 206, 89, bytes 8-9/10",
    "-3, 206, 789, bytes 7-9/10",
    "5-99, 206, 56789, bytes 5-9/10",
    "x, 200, 0123456789, ''",
    "'0-0,0-9,0-9', 200, 0123456789, ''",
  })
  void range_isSent(String range, int status, String content, String contentRange)
      throws IOException {
    try (Site site = site()) {
      String answer = site.get("/ten.txt", "Range: bytes=" + range);
      assertEquals(status, Site.status(answer));
      assertEquals(content, Site.content(answer));
      assertEquals(contentRange, Site.field(answer, "Content-Range"));
      assertEquals(200, Site.status(site.ask("HEAD", "/ten.txt", "Range: bytes=" + range)));
    }
  }

  @Test
  void range_outside_is416() throws IOException {
    try (Site site = site()) {
      String answer = site.get("/ten.txt", "Range: bytes=10-");
      assertEquals(416, Site.status(answer));
      assertEquals("bytes */10", Site.field(answer, "Content-Range"));
    }
  }

  @Test
  void ranges_several_areParts() throws IOException {
    String much = "abcdefghij".repeat(30_000);
    write("much.txt", much);
    try (Site site = site()) {
      String answer = site.get("/much.txt", "Range: bytes=0-9,100-149999,-5");
      assertEquals(206, Site.status(answer));
      String type = Site.field(answer, "Content-Type");
      String boundary = "--" + type.substring("multipart/byteranges; boundary=".length());
      String content = Site.content(answer);
      assertEquals(
          Integer.parseInt(Site.field(answer, "Content-Length")),
          content.replace("¶", "\r\n").length());
      String[] parts = content.split(Pattern.quote(boundary), -1);
      assertEquals(5, parts.length);
      assertEquals("--¶", parts[4]);
      assertTrue(parts[1].endsWith("¶Content-Range: bytes 0-9/300000¶¶abcdefghij¶"), parts[1]);
      assertTrue(parts[2].endsWith(much.substring(100, 150_000) + "¶"));
      assertTrue(parts[3].endsWith("¶¶fghij¶"), parts[3]);
    }
  }

  @Test
  void ifRange_ofAnother_isTheWhole() throws IOException {
    try (Site site = site()) {
      String tag = Site.field(site.get("/ten.txt"), "ETag");
      String range = "Range: bytes=0-0";
      assertEquals(206, Site.status(site.get("/ten.txt", range, "If-Range: " + tag)));
      assertEquals(206, Site.status(site.get("/ten.txt", range, "If-Range: " + LAST_MODIFIED)));
      assertEquals(200, Site.status(site.get("/ten.txt", range, "If-Range: \"other\"")));
      assertEquals(200, Site.status(site.get("/ten.txt", range, "If-Range: W/" + tag)));
    }
  }

  @Test
  void conditions_inTheirOrder() throws IOException {
    try (Site site = site()) {
      String tag = Site.field(site.get("/ten.txt"), "ETag");
      String before = "Sat, 08 Sep 2001 01:46:40 GMT";
      assertEquals(304, status(site, "If-None-Match: " + tag));
      assertEquals(304, status(site, "If-None-Match: \"x\", W/" + tag));
      assertEquals(304, status(site, "If-None-Match: *"));
      assertEquals(
          200, status(site, "If-None-Match: \"x\"", "If-Modified-Since: " + LAST_MODIFIED));
      assertEquals(304, status(site, "If-Modified-Since: " + LAST_MODIFIED));
      assertEquals(304, status(site, "If-Modified-Since: Sunday, 09-Sep-01 01:46:40 GMT"));
      assertEquals(304, status(site, "If-Modified-Since: Sun Sep  9 01:46:40 2001"));
      assertEquals(200, status(site, "If-Modified-Since: " + before));
      assertEquals(200, status(site, "If-Modified-Since: yesterday"));
      assertEquals(412, status(site, "If-Match: \"x\""));
      assertEquals(412, status(site, "If-Match: W/" + tag));
      assertEquals(200, status(site, "If-Match: " + tag, "If-Unmodified-Since: " + before));
      assertEquals(412, status(site, "If-Unmodified-Since: " + before));
      assertEquals(412, status(site, "If-Match: \"x\"", "If-None-Match: " + tag));
      assertEquals(304, status(site, "If-None-Match: " + tag, "Range: bytes=0-0"));
    }
  }

  private static int status(Site site, String... fields) throws IOException {
    int status = Site.status(site.get("/ten.txt", fields));
    assertEquals(status, Site.status(site.ask("HEAD", "/ten.txt", fields)));
    return status;
  }

  @Test
  void notModified_hasWhatA200WouldHave_andNoContent() throws IOException {
    FileOptions options = FileOptions.DEFAULT.withCacheControl("max-age=60");
    try (Site site = new Site(folder, options)) {
      String whole = site.get("/ten.txt");
      String answer = site.get("/ten.txt", "If-None-Match: *");
      for (String name : List.of("ETag", "Last-Modified", "Cache-Control", "Vary")) {
        assertEquals(Site.field(whole, name), Site.field(answer, name));
        assertFalse(Site.field(answer, name).isEmpty(), name);
      }
      assertEquals("", Site.content(answer));
      assertEquals("", Site.field(answer, "Content-Type"));
    }
  }

  @Test
  void tag_ofAFileThatJustChanged_isWeak() throws IOException {
    Path file = folder.resolve("new.txt");
    Files.writeString(file, "new");
    Files.setLastModifiedTime(file, FileTime.fromMillis(Long.MAX_VALUE / 2_000_000));
    try (Site site = site()) {
      assertTrue(Site.field(site.get("/new.txt"), "ETag").startsWith("W/\""));
      assertFalse(Site.field(site.get("/ten.txt"), "ETag").startsWith("W/"));
    }
  }

  // ---- compressed siblings

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | plain",
        "gzip | in gzip",
        "gzip, br, zstd | in br",
        "gzip;q=1, br;q=0.5 | in gzip",
        "br;q=0, gzip | in gzip",
        "* | in br",
        "identity, gzip;q=0.5 | plain",
        "deflate | plain",
        "x-gzip | in gzip",
      })
  void sibling_isSent_asTheClientLikesIt(String accepted, String content) throws IOException {
    write("app.js", "plain");
    write("app.js.gz", "in gzip");
    write("app.js.br", "in br");
    write("app.js.zst", "in zstd");
    try (Site site = site()) {
      String answer =
          accepted.isEmpty()
              ? site.get("/app.js")
              : site.get("/app.js", "Accept-Encoding: " + accepted);
      assertEquals(content, Site.content(answer));
      assertEquals("Accept-Encoding", Site.field(answer, "Vary"));
      assertEquals("text/javascript; charset=utf-8", Site.field(answer, "Content-Type"));
      String coding = content.equals("plain") ? "" : content.substring("in ".length());
      assertEquals(coding, Site.field(answer, "Content-Encoding"));
    }
  }

  @Test
  void coding_thatIsNotThere_is406() throws IOException {
    try (Site site = site()) {
      String none = "Accept-Encoding: gzip, identity;q=0";
      assertEquals(406, Site.status(site.get("/ten.txt", none)));
      write("ten.txt.gz", "zip");
      assertEquals("zip", Site.content(site.get("/ten.txt", none)));
    }
  }

  // ---- files that change, and the folder itself

  @Test
  void file_thatGetsShorter_isNeverTakenForTheWhole() throws IOException {
    Path file = write("large.bin", "x".repeat(8 << 20));
    try (Site site = site();
        Socket socket = site.connect()) {
      Site.send(socket, "GET", "/large.bin");
      assertTrue(socket.getInputStream().read(new byte[1000]) > 0); // it is under way
      Files.write(file, new byte[10]);
      long got = 0;
      try {
        got = socket.getInputStream().readAllBytes().length;
      } catch (IOException _) {
        return; // the client is told
      }
      assertTrue(got >= 8 << 20, "an end in the middle, after " + got);
    }
  }

  @Test
  void file_thatGetsLonger_isSentAsLongAsItWas() throws IOException {
    Path file = write("large.bin", "x".repeat(4 << 20));
    try (Site site = site();
        Socket socket = site.connect()) {
      Site.send(socket, "GET", "/large.bin");
      byte[] first = socket.getInputStream().readNBytes(1000);
      Files.writeString(file, "y".repeat(8 << 20));
      String all =
          new String(first, StandardCharsets.ISO_8859_1).replace("\r\n", "¶")
              + Site.text(socket.getInputStream());
      assertEquals(4 << 20, Site.content(all).length());
    }
  }

  @Test
  void reopen_servesWhatIsThereNow_andCloseNothing() throws IOException {
    try (Site site = site()) {
      Files.move(folder, parent.resolve("old"));
      assertEquals(TEN, Site.content(site.get("/ten.txt")));
      assertThrows(SysException.class, site.files::reopen);
      assertEquals(TEN, Site.content(site.get("/ten.txt")));
      Files.createDirectory(folder);
      write("ten.txt", "another");
      site.files.reopen();
      assertEquals("another", Site.content(site.get("/ten.txt")));
      site.files.close();
      site.files.close();
      assertEquals(503, Site.status(site.get("/ten.txt")));
    }
  }

  @Test
  void descriptors_areAllClosed() throws IOException {
    write("ten.txt.gz", "zip");
    try (Site site = site()) {
      site.get("/ten.txt");
      long before = open();
      for (int i = 0; i < 20; i++) {
        site.get("/ten.txt", "Accept-Encoding: gzip");
        site.get("/ten.txt", "Range: bytes=0-1,3-4");
        site.get("/ten.txt", "Range: bytes=99-");
        site.get("/ten.txt", "If-None-Match: *");
        site.get("/ten.txt", "If-Match: \"x\"");
        site.get("/bare/");
        site.get("/sub");
        site.ask("HEAD", "/ten.txt");
      }
      assertEquals(before, open());
    }
  }

  private static long open() throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(each -> name(each).contains("site")).count();
    }
  }

  private static String name(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException _) {
      return ""; // it is closed
    }
  }

  @Test
  void open_ofNoFolder_fails() {
    SysException e =
        assertThrows(SysException.class, () -> StaticFiles.open(folder.resolve("ten.txt")));
    assertTrue(e.getMessage().contains("ENOTDIR"), e.getMessage());
    assertThrows(SysException.class, () -> StaticFiles.open(folder.resolve("none")));
  }
}
