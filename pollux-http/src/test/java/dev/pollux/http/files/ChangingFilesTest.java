package dev.pollux.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that change while they are sent, the folder itself, and what is left open. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ChangingFilesTest {

  private static final String TEN = "0123456789";

  @TempDir private Path parent;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(parent.resolve("site"));
    write("ten.txt", TEN);
    write("sub/index.html", "sub");
    write("bare/one.txt", "one");
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Site site() throws IOException {
    return new Site(folder, FileOptions.DEFAULT);
  }

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
