package dev.pollux.http.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.Compression;
import dev.pollux.http.HttpAnswer;
import dev.pollux.http.HttpCall;
import dev.pollux.http.HttpHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a folder, with GET and HEAD. Source: RFC 9110. */
class StaticFilesTest {

  private static final List<String> OF_CONTENT =
      List.of(
          "Content-Length",
          "Content-Type",
          "ETag",
          "Last-Modified",
          "Accept-Ranges",
          "Vary",
          "Cache-Control",
          "Content-Encoding");

  @TempDir Path directory;

  // ---- the whole

  @Test
  void file_isSent_andItsHeadAlone() throws Exception {
    try (Site site = new Site(directory, FileOptions.DEFAULT.withCacheControl("no-cache"))) {
      site.put("a/b.html", "<p>hello");
      site.put("empty.txt", "");
      site.put("noend", "x");
      HttpAnswer answer = site.get("/a/b.html");
      assertEquals(200, answer.status());
      assertEquals("<p>hello", answer.text());
      assertEquals("text/html; charset=utf-8", answer.field("Content-Type"));
      assertEquals(Site.DATE, answer.field("Last-Modified"));
      String tag = String.valueOf(answer.field("ETag"));
      assertTrue(tag.matches("\"[0-9a-f]+-8-2ebc98a1\\.0\""), tag);
      assertEquals("bytes", answer.field("Accept-Ranges"));
      assertEquals("Accept-Encoding", answer.field("Vary"));
      assertEquals("no-cache", answer.field("Cache-Control"));
      for (String path : List.of("/a/b.html", "/empty.txt", "/noend")) {
        HttpAnswer all = site.get(path);
        HttpAnswer head = site.head(path);
        assertEquals(all.status(), head.status());
        assertEquals("", head.text());
        for (String name : OF_CONTENT) {
          assertEquals(all.all(name), head.all(name), path + " " + name); // 9.3.2
        }
      }
      assertEquals("application/octet-stream", site.get("/noend").field("Content-Type"));
      assertNull(site.get("/noend").field("Vary"), "there is one form of it");
      assertEquals("", site.get("/empty.txt").text());
    }
  }

  @Test
  void bytes_ofAnyKind_areSentAsTheyAre() throws Exception {
    byte[] all = new byte[3_000_000];
    new java.util.Random(1).nextBytes(all);
    try (Site site = Site.of(directory)) {
      site.put(site.folder.resolve("big"), all);
      assertArrayEquals(all, site.get("/big").bytes());
      assertArrayEquals(
          java.util.Arrays.copyOfRange(all, 1_000_000, 2_999_999),
          site.get("/big", "Range", "bytes=1000000-2999998").bytes());
    }
  }

  @Test
  void absent_is404() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.txt", "x");
      for (String path :
          List.of(
              "/",
              "/b",
              "/a.txt/",
              "/a.txt/b",
              "/A.TXT",
              "/a.txt%20",
              "/" + "n".repeat(300),
              "/./a.txt",
              "/b/../a.txt",
              "//a.txt",
              "/%2e%2e/outside/secret.txt",
              "/..%2foutside/secret.txt",
              "/../outside/secret.txt",
              "/a.txt%00",
              "/%2fetc/passwd",
              "/..%5coutside/secret.txt")) {
        HttpAnswer answer = site.get(path);
        assertEquals(404, answer.status(), path);
        assertFalse(answer.text().contains(Site.SECRET));
        assertEquals(404, site.head(path).status());
      }
      String deep = "/a".repeat(1990);
      assertEquals(404, site.status(deep));
    }
  }

  @Test
  void methods_otherThanThose_are405() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.txt", "x");
      for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "TRACE", "get", "X")) {
        HttpAnswer answer = Site.ask(HttpCall.of(method, "/a.txt"), site.files);
        assertEquals(405, answer.status(), method);
        assertEquals("GET, HEAD, OPTIONS", answer.field("Allow")); // 15.5.6
        assertEquals(405, Site.ask(HttpCall.of(method, "/none"), site.files).status());
      }
      assertEquals(405, Site.ask(HttpCall.post("/a.txt", "content"), site.files).status());
      HttpAnswer options = Site.ask(HttpCall.of("OPTIONS", "/a.txt"), site.files);
      assertEquals(204, options.status());
      assertEquals("GET, HEAD, OPTIONS", options.field("Allow"));
      assertEquals(204, Site.ask(HttpCall.of("OPTIONS", "*"), site.files).status());
    }
  }

  // ---- conditions

  @Test
  void notModified_saysWhatItMust_andHasNoContent() throws Exception {
    try (Site site = new Site(directory, FileOptions.DEFAULT.withCacheControl("max-age=60"))) {
      site.put("a.js", "one");
      site.put("a.js.gz", "coded");
      for (String coding : List.of("identity", "gzip")) {
        HttpAnswer all = site.get("/a.js", "Accept-Encoding", coding);
        String tag = String.valueOf(all.field("ETag"));
        for (String method : List.of("GET", "HEAD")) {
          for (String[] condition :
              new String[][] {
                {"If-None-Match", tag},
                {"If-None-Match", "W/" + tag},
                {"If-None-Match", "*"},
                {"If-Modified-Since", Site.DATE}
              }) {
            HttpAnswer answer =
                Site.ask(
                    Site.call(
                        method, "/a.js", "Accept-Encoding", coding, condition[0], condition[1]),
                    site.files);
            assertEquals(304, answer.status(), condition[1]);
            assertEquals("", answer.text());
            for (String name : List.of("ETag", "Cache-Control", "Vary", "Last-Modified")) {
              assertEquals(all.all(name), answer.all(name), name); // 15.4.5
            }
            for (String name : List.of("Content-Encoding", "Content-Type", "Content-Range")) {
              assertEquals(List.of(), answer.all(name), name);
            }
          }
        }
      }
      String plain = String.valueOf(site.get("/a.js").field("ETag"));
      assertEquals(200, site.status("/a.js", "Accept-Encoding", "gzip", "If-None-Match", plain));
    }
  }

  @Test
  void failed_is412_beforeAnyRange_andIsNotToBeKept() throws Exception {
    try (Site site = new Site(directory, FileOptions.DEFAULT.withCacheControl("max-age=60"))) {
      site.put("a.txt", "0123456789");
      for (String[] condition :
          new String[][] {
            {"If-Match", "\"other\""}, {"If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"}
          }) {
        for (String range : List.of("bytes=0-1", "bytes=100-")) {
          HttpAnswer answer = site.get("/a.txt", condition[0], condition[1], "Range", range);
          assertEquals(412, answer.status());
          assertNull(answer.field("Cache-Control"));
          assertNull(answer.field("Content-Range"));
          assertEquals(412, site.head("/a.txt", condition[0], condition[1]).status());
        }
      }
      assertEquals(404, site.status("/none", "If-Match", "*"), "no file, no condition: 13.2.1");
    }
  }

  // ---- ranges

  @Test
  void range_one_is206() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.txt", "0123456789");
      HttpAnswer answer = site.get("/a.txt", "Range", "bytes=2-4");
      assertEquals(206, answer.status());
      assertEquals("234", answer.text());
      assertEquals("bytes 2-4/10", answer.field("Content-Range"));
      assertEquals("text/plain; charset=utf-8", answer.field("Content-Type"));
      assertEquals(Site.DATE, answer.field("Last-Modified"));
      String tag = String.valueOf(answer.field("ETag"));
      assertTrue(tag.matches("\"[0-9a-f]+-a-2ebc98a1\\.0\""), tag);
      assertEquals("Accept-Encoding", answer.field("Vary"));
      assertEquals("9", site.get("/a.txt", "Range", "bytes=-1").text());
      assertEquals("0123456789", site.get("/a.txt", "Range", "bytes=-100").text());
      HttpAnswer head = site.head("/a.txt", "Range", "bytes=2-4"); // 14.2: of GET alone
      assertEquals(200, head.status());
      assertEquals(List.of(), head.all("Content-Range"));
    }
  }

  @Test
  void range_none_is416() throws Exception {
    try (Site site = new Site(directory, FileOptions.DEFAULT.withCacheControl("max-age=60"))) {
      site.put("a.txt", "0123456789");
      site.put("a.txt.gz", "coded");
      site.put("empty.txt", "");
      HttpAnswer answer = site.get("/a.txt", "Range", "bytes=10-");
      assertEquals(416, answer.status());
      assertEquals("bytes */10", answer.field("Content-Range")); // 14.4
      assertNull(answer.field("Cache-Control"), "of the file, not of this");
      assertEquals("bytes */0", site.get("/empty.txt", "Range", "bytes=0-").field("Content-Range"));
      assertEquals(200, site.get("/empty.txt", "Range", "bytes=-5").status());
      HttpAnswer coded = site.get("/a.txt", "Range", "bytes=5-", "Accept-Encoding", "gzip");
      assertEquals(416, coded.status());
      assertEquals("bytes */5", coded.field("Content-Range"));
      assertNull(coded.field("Content-Encoding"));
    }
  }

  @Test
  void range_malformed_isIgnored() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.txt", "0123456789");
      for (String range :
          List.of("bytes=5-4", "bytes=a-b", "bytes=", "items=0-1", "", "bytes=0-,0-")) {
        HttpAnswer answer = site.get("/a.txt", "Range", range);
        assertEquals(200, answer.status(), range);
        assertEquals("0123456789", answer.text());
        assertNull(answer.field("Content-Range"));
      }
      HttpAnswer two = site.get("/a.txt", "Range", "bytes=0-1", "Range", "bytes=3-4");
      assertEquals(200, two.status());
    }
  }

  @Test
  void range_ofAnother_isTheWhole() throws Exception {
    try (Site site = Site.of(directory)) {
      Path file = site.put("a.txt", "0123456789");
      String tag = String.valueOf(site.get("/a.txt").field("ETag"));
      assertEquals("01", site.get("/a.txt", "Range", "bytes=0-1", "If-Range", tag).text());
      assertEquals("01", site.get("/a.txt", "Range", "bytes=0-1", "If-Range", Site.DATE).text());
      for (String other :
          List.of("W/" + tag, "\"b\"", "Sun, 06 Nov 1994 08:49:38 GMT", "nonsense", "*")) {
        HttpAnswer answer = site.get("/a.txt", "Range", "bytes=0-1", "If-Range", other);
        assertEquals("200 0123456789", answer.status() + " " + answer.text());
        assertEquals(200, site.get("/a.txt", "Range", "bytes=99-", "If-Range", other).status());
      }
      var _ = Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(2_000_000_000)));
      HttpAnswer fresh = site.get("/a.txt");
      String weak = String.valueOf(fresh.field("ETag"));
      assertTrue(weak.startsWith("W/"), weak);
      for (String same :
          List.of(weak, weak.substring(2), String.valueOf(fresh.field("Last-Modified")))) {
        assertEquals(200, site.get("/a.txt", "Range", "bytes=0-1", "If-Range", same).status());
      }
      assertEquals(206, site.get("/a.txt", "Range", "bytes=0-1").status());
      assertEquals(412, site.status("/a.txt", "If-Match", weak), "13.1.1 compares strongly");
      assertEquals(304, site.status("/a.txt", "If-None-Match", weak));
    }
  }

  @Test
  void ranges_several_areParts() throws Exception {
    String text = "0123456789".repeat(10_000);
    try (Site site = Site.of(directory)) {
      site.put("a.txt", text);
      HttpAnswer answer = site.get("/a.txt", "Range", "bytes=0-1, 5-70000, -3, 999999-");
      assertEquals(206, answer.status());
      assertNull(answer.field("Content-Range")); // 15.3.7.2
      assertEquals(answer.text().length() + "", answer.field("Content-Length"));
      assertEquals(
          List.of(
              "bytes 0-1/100000 text/plain; charset=utf-8 01",
              "bytes 5-70000/100000 text/plain; charset=utf-8 " + text.substring(5, 70_001),
              "bytes 99997-99999/100000 text/plain; charset=utf-8 789"),
          Parts.of(answer));
      HttpAnswer one = site.get("/a.txt", "Range", "bytes=3-4,999999-");
      assertEquals("34", one.text(), "one that there is, is no list of parts");
      assertEquals("bytes 3-4/100000", one.field("Content-Range"));
      StringBuilder many = new StringBuilder("bytes=0-0");
      for (int i = 1; i < 32; i++) {
        many.append(',').append(2 * i).append('-').append(2 * i);
      }
      assertEquals(32, Parts.of(site.get("/a.txt", "Range", many.toString())).size());
      assertEquals(200, site.get("/a.txt", "Range", many + ",99-99").status());
      assertEquals(
          304, site.get("/a.txt", "Range", "bytes=0-1,3-4", "If-None-Match", "*").status());
    }
  }

  // ---- siblings

  @Test
  void sibling_isSent_toWhoTakesIt() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.js", "plain");
      site.put("a.js.br", "brotli");
      site.put("a.js.gz", "gzip");
      site.put("b.js", "plain");
      site.put("b.js.zst", "zstd");
      site.put("c.js.gz", "alone");
      site.put("d.png", "plain");
      site.put("d.png.gz", "gzip");
      Files.createDirectories(site.folder.resolve("b.js.gz"));
      for (String[] row :
          new String[][] {
            {"/a.js", "", "plain", "-"},
            {"/a.js", "gzip", "gzip", "gzip"},
            {"/a.js", "x-gzip", "gzip", "gzip"},
            {"/a.js", "gzip, br", "brotli", "br"},
            {"/a.js", "gzip;q=0.9, br;q=0.8", "gzip", "gzip"},
            {"/a.js", "zstd", "plain", "-"},
            {"/a.js", "*", "brotli", "br"},
            {"/a.js", "*, br;q=0", "gzip", "gzip"},
            {"/a.js", "gzip;q=0.5, identity", "plain", "-"},
            {"/a.js", "gzip;q=0.5, identity;q=0.5", "gzip", "gzip"},
            {"/a.js", "identity;q=0, gzip", "gzip", "gzip"},
            {"/a.js", "*;q=0", "406", "-"},
            {"/a.js", "zstd, identity;q=0", "406", "-"},
            {"/b.js", "gzip, zstd;q=0.1", "zstd", "zstd"},
            {"/b.js", "gzip", "plain", "-"},
            {"/b.js", "gzip, *;q=0", "406", "-"},
            {"/c.js", "gzip", "404", "-"},
            {"/d.png", "gzip", "plain", "-"},
          }) {
        String said = String.join(" ", row);
        HttpAnswer answer = site.get(row[0], "Accept-Encoding", row[1]);
        String found = answer.status() == 200 ? answer.text() : answer.status() + "";
        assertEquals(row[2], found, said);
        String coding = answer.field("Content-Encoding");
        assertEquals(row[3], coding == null ? "-" : coding, said);
        if (answer.status() == 200) {
          boolean isJs = row[0].endsWith(".js");
          assertEquals(isJs ? List.of("Accept-Encoding") : List.of(), answer.all("Vary"), said);
          String type = isJs ? "text/javascript; charset=utf-8" : "image/png";
          assertEquals(type, answer.field("Content-Type"), "of the original");
        }
        HttpAnswer head = site.head(row[0], "Accept-Encoding", row[1]);
        assertEquals(answer.status(), head.status(), said);
        for (String name : OF_CONTENT) {
          assertEquals(answer.all(name), head.all(name), said + " " + name);
        }
      }
      HttpAnswer itself = site.get("/a.js.gz", "Accept-Encoding", "gzip");
      assertEquals("application/gzip", itself.field("Content-Type"));
      assertNull(itself.field("Content-Encoding"));
    }
  }

  @Test
  void sibling_hasItsOwnTag_andRanges() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.js", "plain");
      site.put("a.js.br", "brot!");
      site.put("a.js.gz", "gzip!");
      var tags = new java.util.HashSet<String>();
      for (String coding : List.of("identity", "br", "gzip")) {
        tags.add(String.valueOf(site.get("/a.js", "Accept-Encoding", coding).field("ETag")));
      }
      assertEquals(3, tags.size(), tags.toString());
      HttpAnswer part = site.get("/a.js", "Accept-Encoding", "gzip", "Range", "bytes=1-2");
      assertEquals(
          "206 zi gzip", part.status() + " " + part.text() + " " + part.field("Content-Encoding"));
      HttpAnswer parts = site.get("/a.js", "Accept-Encoding", "gzip", "Range", "bytes=1-1,3-3");
      assertEquals("200 gzip!", parts.status() + " " + parts.text(), "no parts within a coding");
    }
  }

  @Test
  void sibling_thatCannotBeRead_orIsALink_isNone() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.js", "plain");
      Files.createSymbolicLink(site.folder.resolve("a.js.br"), Path.of("../outside/secret.txt"));
      Files.createSymbolicLink(site.folder.resolve("a.js.gz"), Path.of("a.js"));
      assertEquals("plain", site.get("/a.js", "Accept-Encoding", "br, gzip").text());
    }
    try (Site site = new Site(directory, FileOptions.DEFAULT.withSiblings(false))) {
      site.put("a.js.zst", "zstd");
      HttpAnswer answer = site.get("/a.js", "Accept-Encoding", "zstd");
      assertEquals("plain", answer.text());
      assertNull(answer.field("Vary"));
      assertEquals("plain", site.get("/a.js", "Accept-Encoding", "*;q=0").text());
    }
  }

  /** A coding around these leaves parts, files and what is coded as they are. */
  @Test
  void compression_around_spoilsNothing() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.js", "plain".repeat(1000));
      site.put("b.js", "plain".repeat(1000));
      site.put("b.js.gz", "gzip");
      HttpHandler around = Compression.gzip().around(site.files);
      for (String path : List.of("/a.js", "/b.js")) {
        HttpAnswer bare = site.get(path, "Accept-Encoding", "gzip");
        HttpAnswer answer = Site.ask(Site.call("GET", path, "Accept-Encoding", "gzip"), around);
        assertArrayEquals(bare.bytes(), answer.bytes());
        assertEquals(bare.all("Content-Encoding"), answer.all("Content-Encoding"));
        assertEquals(bare.all("ETag"), answer.all("ETag"));
      }
      HttpAnswer parts =
          Site.ask(
              Site.call("GET", "/a.js", "Accept-Encoding", "gzip", "Range", "bytes=0-1,-2"),
              around);
      assertEquals(206, parts.status());
      assertEquals(2, Parts.of(parts).size());
    }
  }

  /** What is put in the place of a file has another tag, though all times are one. */
  @Test
  void file_replacedByOneOfItsSizeAndTime_hasAnotherTag() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.js", "one");
      String one = String.valueOf(site.get("/a.js").field("ETag"));
      Path next = site.put(".next", "two");
      Files.move(next, site.folder.resolve("a.js"), StandardCopyOption.REPLACE_EXISTING);
      HttpAnswer answer = site.get("/a.js", "If-None-Match", one);
      assertEquals(200, answer.status());
      assertEquals("two", answer.text());
      assertEquals(Site.DATE, answer.field("Last-Modified"));
    }
  }

  @Test
  void vary_isSaidOnce_alsoWithinCompression() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.js", "x".repeat(5000));
      HttpHandler handler = Compression.gzip().around(site.files);
      HttpCall call = Site.call("GET", "/a.js", "Accept-Encoding", "gzip");
      HttpAnswer whole = Site.ask(call, handler);
      assertEquals(List.of("Accept-Encoding"), whole.all("Vary"));
      String tag = String.valueOf(whole.field("ETag"));
      HttpAnswer same = Site.ask(call.withField("If-None-Match", tag), handler);
      assertEquals(304, same.status());
      assertEquals(List.of("Accept-Encoding"), same.all("Vary"));
    }
  }
}
