package dev.pollux.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpAnswer;
import dev.pollux.http.HttpCall;
import dev.pollux.http.HttpOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is answered for a folder, and in the place of what is not there; who opens and closes. */
class FolderTest {

  @TempDir Path directory;

  @Test
  void folder_isItsIndex() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("index.html", "top");
      site.put("a/index.html", "a");
      Files.createDirectories(site.folder.resolve("b/index.html"));
      Files.createDirectories(site.folder.resolve("c"));
      assertEquals("top", site.get("/").text());
      assertEquals("text/html; charset=utf-8", site.get("/").field("Content-Type"));
      assertEquals("a", site.get("/a/").text());
      assertEquals(404, site.status("/b/"));
      assertEquals(404, site.status("/c/"));
    }
    try (Site site = new Site(directory, FileOptions.DEFAULT.withIndex(""))) {
      assertEquals(404, site.status("/"));
      assertEquals("top", site.get("/index.html").text());
    }
  }

  @Test
  void folder_withoutASlash_isRedirected_andNowhereElse() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a/b c/index.html", "x");
      site.put("\\evil.example/index.html", "x");
      site.put("@evil.example/index.html", "x");
      for (String[] row :
          new String[][] {
            {"/a", "/a/"},
            {"/a?q=1&r=/x", "/a/?q=1&r=/x"},
            {"/a?", "/a/?"},
            {"/a/b%20c?x", "/a/b%20c/?x"},
            {"/%61", "/%61/"},
            {"/%5Cevil.example", "/%5Cevil.example/"},
            {"/@evil.example", "/@evil.example/"},
            {"http://other.example/a?q", "/a/?q"},
          }) {
        HttpAnswer answer = site.get(row[0]);
        assertEquals(301, answer.status(), row[0]);
        assertEquals(row[1], answer.field("Location"));
        assertEquals(301, site.head(row[0]).status());
      }
      for (String none :
          List.of("//evil.example/a", "//a", "/%2fevil.example/a", "/%2F%2Fevil.example", "///a")) {
        assertEquals(404, site.status(none), none);
      }
      // A browser takes a backslash for a slash, and two of these for a host.
      HttpCall raw = HttpCall.get("/\\evil.example");
      assertEquals(400, Site.ask(raw, site.files).status());
      HttpOptions loose = HttpOptions.DEFAULT.withLooseTargets(true);
      HttpAnswer answer = Site.ask(raw.withOptions(loose), site.files);
      assertEquals("/%5Cevil.example/", answer.field("Location"), answer.toString());
    }
  }

  @Test
  void prefix_isWhereItBegins() throws Exception {
    try (Site site = new Site(directory, FileOptions.DEFAULT.withPrefix("/static"))) {
      site.put("index.html", "top");
      site.put("a/b.txt", "b");
      assertEquals("top", site.get("/static/").text());
      assertEquals("b", site.get("/static/a/b.txt").text());
      assertEquals("/static/a/?q", site.get("/static/a?q").field("Location"));
      assertEquals("/static/?q", site.get("/static?q").field("Location"));
      for (String path : List.of("/", "/a/b.txt", "/staticx/a/b.txt", "/static/../a/b.txt")) {
        assertEquals(404, site.status(path), path);
      }
    }
  }

  @Test
  void fallback_isForPathsOfAPage() throws Exception {
    try (Site site = new Site(directory, FileOptions.DEFAULT.withFallback("app.html"))) {
      assertEquals(404, site.status("/x"), "it is not there");
      site.put("app.html", "app");
      site.put("app.html.gz", "coded");
      site.put("a/b.txt", "b");
      for (String path : List.of("/", "/x", "/x/y/", "/x.y/z", "/a/", "/a/b.txt/c", "/x?a.b=c")) {
        HttpAnswer answer = site.get(path);
        assertEquals("200 app", answer.status() + " " + answer.text(), path);
        assertEquals("text/html; charset=utf-8", answer.field("Content-Type"));
        assertEquals("coded", site.get(path, "Accept-Encoding", "gzip").text());
        assertEquals(304, site.status(path, "If-None-Match", "*"));
      }
      for (String path :
          List.of("/x.js", "/a/c.txt", "/../x", "/.git", "/a/.git/x", "//x", "/%00")) {
        assertEquals(404, site.status(path), path);
      }
    }
    FileOptions both = FileOptions.DEFAULT.withFallback("app.html").withListing(true);
    try (Site site = new Site(directory, both)) {
      assertEquals("app", site.get("/x/y/").text(), "also where folders are listed");
      assertTrue(site.get("/a/").text().contains("b.txt"));
      assertEquals(404, site.status("/a/b.txt/"));
    }
  }

  // ---- who closes

  @Test
  void close_twice_isOnce_andWhatIsAskedIs503() throws Exception {
    Site site = Site.of(directory);
    site.put("a.txt", "x");
    site.close();
    site.files.close();
    assertEquals(503, site.status("/a.txt"));
    assertThrows(IllegalStateException.class, site.files::reopen);
    assertEquals(List.of(), Site.openBeneath(site.above));
  }

  @Test
  void reopen_isOfTheNameAsItIsNow() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.txt", "before");
      Path old = Files.move(site.folder, site.above.resolve("old"));
      assertEquals("before", site.get("/a.txt").text());
      assertThrows(SysException.class, site.files::reopen);
      assertEquals("before", site.get("/a.txt").text());
      site.put("a.txt", "after");
      assertEquals("before", site.get("/a.txt").text());
      site.files.reopen();
      assertEquals("after", site.get("/a.txt").text());
      assertTrue(Files.exists(old));
    }
  }

  @Test
  void open_ofNoFolder_throws() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "x");
    for (Path none : List.of(file, directory.resolve("none"))) {
      SysException thrown = assertThrows(SysException.class, () -> StaticFiles.open(none));
      assertTrue(thrown.getMessage().contains(none.toString()), thrown.getMessage());
    }
    assertEquals(
        Errno.ENOTDIR, assertThrows(SysException.class, () -> StaticFiles.open(file)).errno());
    assertEquals(List.of(), Site.openBeneath(directory.toRealPath()));
  }
}
