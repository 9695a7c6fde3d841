package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The paths of Unix sockets, which are files, on any kernel. */
abstract class UnixPathContract {

  final Box box = new Box(sys());
  private Disk disk;
  @TempDir Path folder;

  abstract Sys sys();

  @BeforeEach
  void open() {
    disk = new Disk(box, folder);
  }

  @AfterEach
  void closeAll() {
    box.close();
    disk.close();
  }

  private UnixAddress path(String name) {
    return UnixAddress.path(folder + "/" + name);
  }

  private int listener(String name) {
    int fd = box.unix();
    box.ok(box.bind(fd, path(name)));
    box.ok(box.sys.listen(fd, 8));
    return fd;
  }

  private int datagrams() {
    return box.keep(box.sys.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
  }

  private String connect(String name) {
    return Box.say(box.connect(box.unix(), path(name)));
  }

  private String bind(String name) {
    return Box.say(box.bind(box.unix(), path(name)));
  }

  @Test
  void path_outlivesItsSocket_untilItIsUnlinked() {
    assertEquals("ENOENT", connect("s"));
    int fd = listener("s");
    assertEquals("0", connect("s"));
    assertEquals("socket 755 links=1 size=0", disk.stat("s"));
    assertEquals("ENXIO", Box.say(disk.open("s", Linux.O_RDWR)));
    assertEquals("EADDRINUSE", bind("s"));
    box.close(fd);
    assertEquals("ECONNREFUSED", connect("s"));
    assertEquals("EADDRINUSE", bind("s"));
    box.ok(disk.unlink("s"));
    assertEquals("ENOENT", connect("s"));
    assertEquals("0", bind("s"));
    assertEquals("ECONNREFUSED", connect("s")); // it does not listen
  }

  @Test
  void path_unlinkedWhileBound_isFreeForAnother() {
    int old = listener("s");
    box.ok(disk.unlink("s"));
    assertEquals("ENOENT", connect("s"));
    assertEquals(path("s"), box.localAddress(old));
    int next = listener("s");
    box.close(old);
    assertEquals("0", connect("s"));
    box.close(next);
    assertEquals("ECONNREFUSED", connect("s"));
  }

  @Test
  void path_renamed_leadsToTheSameSocket() {
    int fd = listener("s");
    box.ok(disk.rename("s", "t"));
    assertEquals("ENOENT", connect("s"));
    assertEquals("0", connect("t"));
    assertEquals(path("s"), box.localAddress(fd));
  }

  @Test
  void path_thatCannotBe_isRefused() {
    assertEquals("ENOENT", bind("none/s"));
    assertEquals("ENOENT", connect("none/s"));
    disk.make("f", "x");
    assertEquals("EADDRINUSE", bind("f"));
    assertEquals("ECONNREFUSED", connect("f"));
    assertEquals("ENOTDIR", bind("f/s"));
    assertEquals("ENOTDIR", connect("f/s"));
    assertEquals("EADDRINUSE", bind("."));
  }

  @Test
  void path_ofAnotherType_isWrong() {
    int _ = listener("s");
    assertEquals("EPROTOTYPE", Box.say(box.connect(datagrams(), path("s"))));
    assertEquals("EPROTOTYPE", Box.say(box.sendTo(datagrams(), "x", path("s"))));
    int target = datagrams();
    box.ok(box.bind(target, path("d")));
    assertEquals("EPROTOTYPE", connect("d"));
    assertEquals(1, box.sendTo(datagrams(), "x", path("d")));
    box.close(target);
    assertEquals("ECONNREFUSED", Box.say(box.sendTo(datagrams(), "x", path("d"))));
    assertEquals("ENOENT", Box.say(box.sendTo(datagrams(), "x", path("none"))));
  }

  @Test
  void path_ofASocketThatHasAName_isTakenOrOfNoUse() {
    int fd = listener("s");
    assertEquals("EADDRINUSE", Box.say(box.bind(fd, path("s"))));
    assertEquals("EINVAL", Box.say(box.bind(fd, path("t"))));
    assertEquals("ENOENT", disk.stat("t"));
  }
}
