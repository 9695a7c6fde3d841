package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.http.HttpAnswer;
import dev.pollux.http.HttpCall;
import dev.pollux.http.HttpHandler;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.PathBytes;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder with a site in it and one beside it that nobody is to see, and the handler. All files
 * were changed at one time, long ago. Closing it checks that no descriptor is left.
 */
final class Site implements AutoCloseable {

  static final String SECRET = "the secret outside";
  static final long SECOND = 784111777;
  static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";

  /** Fields come as pairs. */
  static HttpCall call(String method, String target, String... fields) {
    HttpCall call = HttpCall.of(method, target);
    for (int i = 0; i < fields.length; i += 2) {
      call = call.withField(fields[i], fields[i + 1]);
    }
    return call;
  }

  final Path above;
  final Path folder;
  final StaticFiles files;

  Site(Path directory, FileOptions options) throws IOException {
    this(directory, options, NativeSys.open());
  }

  Site(Path directory, FileOptions options, Sys sys) throws IOException {
    above = directory.toRealPath();
    folder = Files.createDirectories(above.resolve("site"));
    Path outside = Files.createDirectories(above.resolve("outside"));
    Files.writeString(outside.resolve("secret.txt"), SECRET);
    files =
        StaticFiles.open(
            sys, folder, options, InstantSource.fixed(Instant.ofEpochSecond(2_000_000_000)));
  }

  /** A file of the site, long ago. */
  Path put(String name, String content) throws IOException {
    return put(folder.resolve(name), content.getBytes(ISO_8859_1));
  }

  Path put(Path path, byte[] content) throws IOException {
    Files.createDirectories(path.getParent());
    Files.write(path, content);
    return Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(SECOND)));
  }

  /** A name of these bytes. */
  Path named(byte[] name) {
    return folder.resolve(PathBytes.name(name));
  }

  HttpAnswer get(String target, String... fields) {
    return ask(call("GET", target, fields), files);
  }

  HttpAnswer head(String target, String... fields) {
    return ask(call("HEAD", target, fields), files);
  }

  /** Files are sent by connections, of the kernel that has them. */
  static HttpAnswer ask(HttpCall call, HttpHandler handler) {
    try {
      return call.on(NativeSys.open(), handler);
    } catch (SysException e) {
      throw new AssertionError(e);
    }
  }

  int status(String target, String... fields) {
    int status = get(target, fields).status();
    assertEquals(status, head(target, fields).status(), "of HEAD");
    return status;
  }

  static List<String> openBeneath(Path directory) throws IOException {
    List<String> open = new ArrayList<>();
    try (var fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : fds) {
        try {
          String target = Files.readSymbolicLink(fd).toString();
          if (target.startsWith(directory.toString())) {
            open.add(target);
          }
        } catch (NoSuchFileException _) {
          // that of the listing itself
        }
      }
    }
    return open;
  }

  @Override
  public void close() throws IOException {
    assertEquals(List.of(folder.toString()), openBeneath(above), "but the folder's own");
    files.close();
    assertEquals(List.of(), openBeneath(above));
    try (Stream<Path> all = Files.walk(folder)) { // or JUnit warns of those that lead elsewhere
      for (Path each : all.filter(Files::isSymbolicLink).toList()) {
        Files.delete(each);
      }
    }
  }

  static Site of(Path directory) throws IOException {
    return new Site(directory, FileOptions.DEFAULT);
  }
}
