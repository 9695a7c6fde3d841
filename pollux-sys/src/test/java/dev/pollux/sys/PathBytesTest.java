package dev.pollux.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of files that the locale has text for, and others. */
class PathBytesTest {

  private static final byte[] NO_TEXT = {'a', (byte) 0xff, '%', ' ', (byte) 0x80};

  @TempDir Path folder;

  @Test
  void path_withText_isThatText_andStaysRelative() {
    assertArrayEquals("a/ü.txt".getBytes(UTF_8), PathBytes.of(Path.of("a/ü.txt")));
    assertArrayEquals(new byte[] {'.'}, PathBytes.of(Path.of("")));
    assertArrayEquals(new byte[] {'/'}, PathBytes.of(Path.of("/")));
  }

  @Test
  void path_withoutText_isItsBytes() throws Exception {
    Path name = PathBytes.name(NO_TEXT);
    Path file = Files.createFile(folder.resolve(name));
    byte[] bytes = PathBytes.of(file);
    int start = folder.toString().length() + 1;
    assertArrayEquals(NO_TEXT, Arrays.copyOfRange(bytes, start, bytes.length));
    Sys sys = NativeSys.open();
    try (Arena arena = Arena.ofConfined()) {
      int fd = sys.open(PathBytes.allocate(arena, file).address(), Linux.O_RDONLY, 0);
      assertEquals(0, sys.close(fd));
    }
    Path below = Files.createDirectory(folder.resolve(PathBytes.name(new byte[] {(byte) 0xfe})));
    assertEquals((byte) 0xfe, PathBytes.of(below)[start]);
    assertEquals(start + 1, PathBytes.of(below).length); // no slash, though it is a folder
  }

  @Test
  void unixAddress_ofAPath_hasItsBytes() {
    Path path = Path.of("/tmp").resolve(PathBytes.name(NO_TEXT));
    UnixAddress address = UnixAddress.path(path);
    assertArrayEquals(PathBytes.of(path), address.nameBytes());
    try (Arena arena = Arena.ofConfined()) {
      var memory = arena.allocate(SockAddr.MAX_BYTES, 8);
      int length = SockAddr.encode(UnixDomainSocketAddress.of(path), memory);
      assertEquals(address, SockAddr.decode(memory, length));
    }
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.path(new byte[] {'a', 0}));
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.path(new byte[0]));
  }

  @Test
  void path_ofAnotherFileSystem_isRefused() throws Exception {
    URI zip = URI.create("jar:" + folder.resolve("a.zip").toUri());
    try (FileSystem other = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      assertThrows(IllegalArgumentException.class, () -> PathBytes.of(other.getPath("/a")));
    }
  }

  /** There Java's text of a name has question marks, and its paths have the bytes. */
  @Test
  void localeC_namesOfAnyBytes_areOpened() throws Exception {
    Files.createFile(folder.resolve("ü"));
    Files.createFile(folder.resolve(PathBytes.name(NO_TEXT)));
    List<String> lines =
        ChildJvm.run(LocaleChild.class, List.of(), Map.of("LC_ALL", "C"), folder.toString());
    assertEquals(List.of("opened", "opened"), lines);
  }
}
