package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpAnswer;
import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is not to be seen: outside of the folder, behind links, and what is no file. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HiddenFilesTest {

  private static final int SWAPS = 300;

  @TempDir Path directory;

  private static void link(Site site, String name, String target) throws IOException {
    Path path = site.folder.resolve(name);
    Files.createDirectories(path.getParent());
    Files.createSymbolicLink(path, Path.of(target));
  }

  private static void links(Site site) throws IOException {
    site.put("real/a.txt", "inside");
    site.put("real/index.html", "index");
    link(site, "file", "real/a.txt");
    link(site, "folder", "real");
    link(site, "deep/up", "../real/a.txt");
    link(site, "chain", "folder/a.txt");
    link(site, "absolute", site.folder + "/real/a.txt");
    link(site, "out", "../outside/secret.txt");
    link(site, "outs", "../outside");
    link(site, "outAbsolute", site.above + "/outside/secret.txt");
    link(site, "outsAbsolute", site.above + "/outside");
    link(site, "outAndIn", "../site/real/a.txt");
    link(site, "loop", "loop");
    link(site, "dangling", "none");
    link(site, "magic", "/proc/self/cwd");
    link(site, "root", "/");
    link(site, "self", ".");
    link(site, "deep/above", "..");
    link(site, "deep/beyond", "../..");
  }

  @Test
  void links_areRefused() throws Exception {
    try (Site site = Site.of(directory)) {
      links(site);
      assertEquals("inside", site.get("/real/a.txt").text());
      for (String path :
          List.of(
              "/file",
              "/folder",
              "/folder/",
              "/folder/a.txt",
              "/deep/up",
              "/chain",
              "/absolute",
              "/out",
              "/outs/secret.txt",
              "/outAbsolute",
              "/outsAbsolute/secret.txt",
              "/outAndIn",
              "/loop",
              "/dangling",
              "/magic/",
              "/root/etc/passwd",
              "/self/real/a.txt",
              "/deep/above/real/a.txt",
              "/deep/beyond/outside/secret.txt")) {
        assertEquals(404, site.status(path), path);
      }
    }
  }

  @Test
  void links_thatMayBeFollowed_leadNowhereOutside() throws Exception {
    try (Site site = new Site(directory, FileOptions.DEFAULT.withLinks(true))) {
      links(site);
      for (String path :
          List.of(
              "/file",
              "/folder/a.txt",
              "/deep/up",
              "/chain",
              "/self/real/a.txt",
              "/self/self/self/file",
              "/deep/above/real/a.txt")) {
        assertEquals("200 inside", site.get(path).status() + " " + site.get(path).text(), path);
      }
      assertEquals("/folder/", site.get("/folder").field("Location"));
      assertEquals("index", site.get("/folder/").text());
      for (String path :
          List.of(
              "/absolute",
              "/out",
              "/outs",
              "/outs/",
              "/outs/secret.txt",
              "/outAbsolute",
              "/outsAbsolute/secret.txt",
              "/outAndIn",
              "/loop",
              "/dangling",
              "/magic/",
              "/root/etc/passwd",
              "/root/",
              "/deep/beyond/outside/secret.txt",
              "/deep/beyond/")) {
        assertEquals(404, site.status(path), path);
      }
      assertEquals(404, site.status("/self".repeat(41) + "/file"), "ELOOP");
    }
  }

  /** The folder that is served may be behind a link: as whoever opens it says. */
  @Test
  void root_behindALink_isServed() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.txt", "x");
      Path link = Files.createSymbolicLink(site.above.resolve("current"), Path.of("site"));
      try (StaticFiles files = StaticFiles.open(link)) {
        assertEquals("x", Site.ask(Site.call("GET", "/a.txt"), files).text());
      }
    }
  }

  /** What is asked for is swapped for a link to outside, again and again. */
  @Test
  void swappedForALink_whileItIsAskedFor_neverLeads() throws Exception {
    for (boolean follows : new boolean[] {false, true}) {
      Path place = Files.createDirectories(directory.resolve("swap" + follows));
      FileOptions options = FileOptions.DEFAULT.withLinks(follows).withListing(true);
      try (Site site = new Site(place, options)) {
        site.put("a/secret.txt", "inside");
        link(site, "evil", "../outside");
        Path folder = site.folder.resolve("a");
        Path evil = site.folder.resolve("evil");
        Path aside = site.folder.resolve("aside");
        AtomicBoolean isOver = new AtomicBoolean();
        Thread swapper =
            Thread.ofPlatform()
                .start(() -> {
                  while (!isOver.get()) {
                    swap(folder, evil, aside);
                  }
                });
        int inside = 0;
        try {
          for (int i = 0; i < SWAPS; i++) {
            for (String path : List.of("/a/secret.txt", "/a/../a/secret.txt", "/a/", "/a")) {
              HttpAnswer answer = site.get(path);
              assertFalse(answer.text().contains(Site.SECRET), path);
              int status = answer.status();
              assertTrue(List.of(200, 404, 301, 503).contains(status), path + ": " + status);
              inside += answer.text().equals("inside") ? 1 : 0;
            }
          }
        } finally {
          isOver.set(true);
          swapper.join();
        }
        while (inside == 0) { // so that the loop above has tested something, also by a slow swapper
          inside += site.get("/a/secret.txt").text().equals("inside") ? 1 : 0;
        }
      }
    }
  }

  private static void swap(Path folder, Path evil, Path aside) {
    try {
      Files.move(folder, aside);
      Files.move(evil, folder);
      Files.move(folder, evil);
      Files.move(aside, folder);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsNoFile_is404_atOnce() throws Exception {
    Path place = Files.createDirectories(directory.resolve("s"));
    try (Site site = new Site(place, FileOptions.DEFAULT);
        ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      site.put("a.js", "plain");
      run("mkfifo", site.folder + "/fifo");
      run("mkfifo", site.folder + "/index.html");
      run("mkfifo", site.folder + "/a.js.br");
      socket.bind(UnixDomainSocketAddress.of(site.folder.resolve("socket")));
      for (String path : List.of("/fifo", "/socket", "/", "/fifo/", "/socket/x")) {
        assertEquals(404, site.status(path), path);
      }
      assertEquals("plain", site.get("/a.js", "Accept-Encoding", "br").text());
    }
    try (StaticFiles devices = StaticFiles.open(Path.of("/dev"))) {
      for (String path : List.of("/null", "/zero", "/tty", "/random")) {
        assertEquals(404, Site.ask(Site.call("GET", path), devices).status(), path);
      }
    }
  }

  private static void run(String... command) throws Exception {
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  @Test
  void dotfiles_areHidden_butTheWellKnown() throws Exception {
    try (Site site = Site.of(directory)) {
      dotfiles(site);
      for (String path : List.of("/.env", "/.git/config", "/a/.htaccess", "/a/.well-known/x")) {
        assertEquals(404, site.status(path), path);
      }
      assertEquals("acme", site.get("/.well-known/acme").text());
    }
    try (Site site = new Site(directory, FileOptions.DEFAULT.withDotfiles(true))) {
      assertEquals("env", site.get("/.env").text());
      assertEquals("config", site.get("/.git/config").text());
      assertEquals(404, site.status("/../outside/secret.txt"));
    }
  }

  private static void dotfiles(Site site) throws IOException {
    site.put(".env", "env");
    site.put(".git/config", "config");
    site.put("a/.htaccess", "x");
    site.put("a/.well-known/x", "x");
    site.put(".well-known/acme", "acme");
  }

  // ---- listing

  /** Each link of a page, and what is shown for it. */
  private static Map<String, String> entries(HttpAnswer page) {
    assertEquals("200 text/html; charset=utf-8", page.status() + " " + page.field("Content-Type"));
    Map<String, String> entries = new TreeMap<>();
    Matcher link =
        Pattern.compile("<a href=\"([^\"]*)\">([^<]*)</a><td>([^<]*)").matcher(page.text());
    while (link.find()) {
      entries.put(link.group(1), link.group(2) + " " + link.group(3));
    }
    return entries;
  }

  @Test
  void listing_leadsToItsFiles_whateverTheirNames() throws Exception {
    try (Site site = new Site(directory, FileOptions.DEFAULT.withListing(true))) {
      List<byte[]> names = new ArrayList<>();
      for (String name :
          List.of(
              "plain.txt",
              "a b",
              "\"quoted\"",
              "it's",
              "<script>alert(1)",
              "new\nline",
              "tab\t",
              "100%",
              "%41",
              "why?",
              "#hash",
              "a&amp;b",
              "javascript:alert(1)",
              "\\back\\slash",
              "caf\u00e9",
              "\u202egnp.exe",
              "a;b",
              "+",
              "~tilde",
              "-dash",
              "%s%n")) {
        names.add(name.getBytes(UTF_8));
      }
      names.add(new byte[] {(byte) 0xff, (byte) 0xfe, 'x'});
      names.add(new byte[] {'b', (byte) 0xc3});
      for (byte[] name : names) {
        site.put(site.named(name), name);
      }
      HttpAnswer page = site.get("/");
      Map<String, String> entries = entries(page);
      assertEquals(names.size(), entries.size(), entries.toString());
      List<String> contents = new ArrayList<>();
      for (String href : entries.keySet()) {
        assertTrue(href.matches("\\./[-A-Za-z0-9._~%]+"), href);
        HttpAnswer file = site.get(href.substring(1));
        assertEquals(200, file.status(), href);
        contents.add(new String(file.bytes(), ISO_8859_1));
      }
      List<String> expected = new ArrayList<>();
      names.forEach(name -> expected.add(new String(name, ISO_8859_1)));
      assertEquals(expected.stream().sorted().toList(), contents.stream().sorted().toList());
      assertFalse(page.text().contains("<script"), page.text());
      assertEquals("", site.head("/").text());
      assertEquals(page.field("Content-Length"), site.head("/").field("Content-Length"));
    }
  }

  @Test
  void listing_ofFolders_leadsToThem() throws Exception {
    try (Site site = new Site(directory, FileOptions.DEFAULT.withListing(true))) {
      site.put("<b>/\"x\"/file", "deep");
      site.put("with/index.html", "index");
      Map<String, String> top = entries(site.get("/"));
      assertEquals(Map.of("./%3Cb%3E/", "&lt;b&gt;/ ", "./with/", "with/ "), top);
      HttpAnswer inner = site.get("/%3Cb%3E/");
      assertTrue(inner.text().contains("<title>/&lt;b&gt;</title>"), inner.text());
      assertEquals(Map.of("../", "../ ", "./%22x%22/", "&quot;x&quot;/ "), entries(inner));
      assertEquals("deep", site.get("/%3Cb%3E/%22x%22/file").text());
      assertEquals("index", site.get("/with/").text());
      assertEquals("/%3Cb%3E/?q", site.get("/%3Cb%3E?q").field("Location"));
      assertEquals(404, site.status("/none/"));
    }
  }

  @Test
  void listing_showsWhatMayBeSeenAlone() throws Exception {
    for (boolean follows : new boolean[] {false, true}) {
      Path place = Files.createDirectories(directory.resolve("l" + follows));
      FileOptions options = FileOptions.DEFAULT.withListing(true).withLinks(follows);
      try (Site site = new Site(place, options)) {
        links(site);
        site.put(".env", "x");
        run("mkfifo", site.folder + "/fifo");
        Map<String, String> entries = entries(site.get("/"));
        List<String> expected =
            follows
                ? List.of("./chain", "./deep/", "./file", "./folder/", "./real/", "./self/")
                : List.of("./deep/", "./real/");
        assertEquals(expected, List.copyOf(entries.keySet()));
        if (follows) {
          assertEquals("file 6", entries.get("./file"));
        }
        List<String> deep = List.copyOf(entries(site.get("/deep/")).keySet());
        assertEquals(follows ? List.of("../", "./above/", "./up") : List.of("../"), deep);
      }
    }
    FileOptions all = FileOptions.DEFAULT.withListing(true).withDotfiles(true);
    try (Site site = new Site(Files.createDirectories(directory.resolve("d")), all)) {
      site.put(".env", "x");
      assertEquals(Map.of("./.env", ".env 1"), entries(site.get("/")));
    }
  }

  @Test
  void listing_ofAnotherKernel_isRefused() {
    FileOptions options = FileOptions.DEFAULT.withListing(true);
    Sys other = faulty(NativeSys.open(), Map.of());
    assertThrows(
        IllegalArgumentException.class,
        () -> StaticFiles.open(other, directory, options, InstantSource.system()));
  }

  // ---- failures of the kernel

  /** A kernel whose calls fail, while they are in the map. */
  private static Sys faulty(Sys real, Map<String, Integer> errnos) {
    return (Sys)
        Proxy.newProxyInstance(
            Sys.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (_, method, arguments) -> {
              Integer errno = errnos.get(method.getName());
              if (errno != null) {
                return -errno;
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void failures_ofOpening_areTold() throws Exception {
    Map<String, Integer> errnos = new java.util.concurrent.ConcurrentHashMap<>();
    try (Site site = new Site(directory, FileOptions.DEFAULT, faulty(NativeSys.open(), errnos))) {
      site.put("a.txt", "x");
      Map<Integer, Integer> statuses =
          Map.of(
              Errno.EACCES,
              403,
              Errno.EPERM,
              403,
              Errno.EMFILE,
              503,
              Errno.ENFILE,
              503,
              Errno.ENOMEM,
              503,
              Errno.EAGAIN,
              503,
              Errno.ENOENT,
              404,
              Errno.ELOOP,
              404,
              Errno.EXDEV,
              404,
              Errno.ENAMETOOLONG,
              404);
      for (var each : statuses.entrySet()) {
        errnos.put("openat2", each.getKey());
        assertEquals(each.getValue(), site.status("/a.txt"), Errno.name(each.getKey()));
      }
      errnos.put("openat2", Errno.EIO);
      assertThrows(IllegalStateException.class, () -> site.get("/a.txt"));
      errnos.clear();
      for (String call : List.of("statx", "pread")) {
        errnos.put(call, Errno.EIO);
        assertThrows(IllegalStateException.class, () -> site.get("/a.txt"), call);
        errnos.clear();
        assertEquals(200, site.status("/a.txt"));
      }
    }
  }

  @Test
  void open_onAKernelWithoutTheCall_saysWhichHasIt() throws Exception {
    Sys old = faulty(NativeSys.open(), Map.of("openat2", Errno.ENOSYS));
    var thrown =
        assertThrows(
            dev.pollux.sys.SysException.class,
            () -> StaticFiles.open(old, directory, FileOptions.DEFAULT, InstantSource.system()));
    assertTrue(thrown.getMessage().contains("Linux"), thrown.getMessage());
    assertEquals(List.of(), Site.openBeneath(directory.toRealPath()));
  }

  /** For root nothing is unreadable: then that is what is served. */
  @Test
  void unreadable_is403_unlessTheReaderIsRoot() throws Exception {
    try (Site site = Site.of(directory)) {
      Path file = site.put("a.js", "x");
      var _ = file.toFile().setReadable(false, false);
      assertEquals(Files.isReadable(file) ? 200 : 403, site.status("/a.js"));
      site.put("b.js", "plain");
      Path coded = site.put("b.js.gz", "coded");
      var _ = coded.toFile().setReadable(false, false);
      HttpAnswer answer = site.get("/b.js", "Accept-Encoding", "gzip");
      assertEquals(Files.isReadable(coded) ? "coded" : "plain", answer.text());
    }
  }

  // ---- many at a time

  @Test
  void reopen_whileRequestsCome_failsNone() throws Exception {
    try (Site site = Site.of(directory)) {
      site.put("a.txt", "x");
      AtomicBoolean isOver = new AtomicBoolean();
      List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
      Thread reopener =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (!isOver.get()) {
                    site.files.reopen();
                  }
                } catch (IOException | RuntimeException e) {
                  failures.add(e);
                }
              });
      try {
        for (int i = 0; i < SWAPS; i++) {
          HttpAnswer answer = site.get("/a.txt");
          assertEquals("200 x", answer.status() + " " + answer.text());
        }
      } finally {
        isOver.set(true);
        reopener.join();
      }
      assertEquals(List.of(), failures);
    }
  }
}
