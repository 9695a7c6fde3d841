package dev.pollux.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The readers of other people's tables, with small ones in the same form. */
class SourcesTest {

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static Layouts.Place place(SourceTable source, String struct, String... names) {
    return source.layouts().place(struct, List.of(names));
  }

  @Test
  void go_numbersAndStructures() throws IOException {
    write(
        "zerrors_netbsd_amd64.go",
        """
        const (
        \tNOTE_A      = 0x10
        \tFILTER_A    = -0x1
        )
        const (
        \tEWRONG = syscall.Errno(0x23)
        \tSIGNOW = syscall.Signal(0x9)
        )
        """);
    write(
        "ztypes_netbsd_amd64.go",
        """
        type (
        \t_C_short     int16
        )
        type Inner struct {
        \tSec  int64
        \tNsec int32
        }
        type Outer_t struct {
        \tLen       uint8
        \tName      *byte
        \tGroups    [3]uint16
        \tAddr      [4]byte /* in_addr */
        \tTime      Inner
        \tSmall     _C_short
        }
        """);
    SourceTable source = GoSource.read(folder, "NetBSD", "x86-64");
    assertEquals(
        Map.of("NOTE_A", 16L, "FILTER_A", -1L, "EWRONG", 35L, "SIGNOW", 9L), source.constants());
    assertEquals(new Layouts.Place(8, 8, 8), place(source, "Outer_t", "name"));
    assertEquals(new Layouts.Place(16, 6, 2), place(source, "Outer_t", "groups"));
    assertEquals(new Layouts.Place(32, 16, 16), place(source, "Outer_t", "time"));
    assertEquals(56, source.layouts().size("Outer_t"));
    assertNull(place(source, "Outer_t", "more"));
    assertEquals(Map.of(), GoSource.read(folder, "OpenBSD", "x86-64").constants());
  }

  @Test
  void rust_numbersStructuresAndSymbols() throws IOException {
    write(
        "src/unix/mod.rs",
        """
        pub type uid_t = u32;
        extern "C" {
            #[cfg_attr(target_os = "netbsd", link_name = "__wait30")]
            #[cfg_attr(all(target_os = "macos", any(a, not(b))), link_name = "wait$X")]
            pub fn wait(n: ::c_int) -> ::c_int;
            #[cfg_attr(target_os = "freebsd", link_name = "kill@1")]
            pub fn kill(n: ::c_int) -> ::c_int;
        }
        """);
    write(
        "src/unix/bsd/netbsdlike/netbsd/mod.rs",
        """
        pub const COUNT: usize = 2 * 8;
        pub const BOTH: ::c_int = A | 1;
        pub const A: u32 = 0x100 as u32;
        pub const ALL: u32 = A | 1;
        s! {

            pub struct xcred {
                pub uid: ::uid_t, // whose
                pub groups: [::c_short; COUNT],
                #[cfg(libc_union)]
                pub other: __anonymous,
                #[cfg(not(libc_union))]
                rest: *mut ::c_void,
            }
        }
        extern "C" {
            #[link_name = "__sleep50"]
            pub fn sleep(n: ::c_uint) -> ::c_int;
        }
        """);
    SourceTable source = RustSource.read(folder, "NetBSD", "aarch64");
    assertEquals(Map.of("COUNT", 16L, "A", 256L, "ALL", 257L), source.constants());
    assertEquals(new Layouts.Place(4, 32, 2), place(source, "xcred", "groups"));
    assertEquals(48, source.layouts().size("xcred"));
    assertEquals(Map.of("wait", "__wait30", "sleep", "__sleep50"), source.symbols());
  }

  @Test
  void zig_numbersStructuresAndSymbols() throws IOException {
    write(
        "netbsd.zig",
        """
        pub extern "c" fn __wait50(n: c_int) c_int;
        pub const wait = __wait50;
        pub const uid_t = u32;
        pub const NOTE_A = 0x10; // a comment, with a comma
        pub const NOTE_B: u32 = NOTE_A | 1;
        pub const O = struct {
            pub const RDWR = 0o2;
            pub const BOTH = RDWR | 1;
        };
        pub const E = enum(u16) {
            /// no error
            SUCCESS = 0,
            PERM = 1,
            _,
        };
        pub const SIG = struct {
            pub const HUP = 1;
            pub const BLOCK = 1;
        };
        pub const Outer = extern struct {
            len: u8 = @sizeOf(Outer),
            uid: uid_t,
            name: ?*const u8,
            path: [NOTE_A]u8,

            pub fn uid2(self: @This()) uid_t {
                return self.uid;
            }

            pub const inner = extern struct {
                a: i16,
                b: i64,
            };
        };
        """);
    SourceTable source = ZigSource.read(folder, "NetBSD");
    assertEquals(16, source.constants().get("NOTE_A"));
    assertEquals(17, source.constants().get("NOTE_B"));
    assertEquals(3, source.constants().get("O_BOTH"));
    assertEquals(1, source.constants().get("EPERM"));
    assertEquals(1, source.constants().get("SIGHUP"));
    assertEquals(1, source.constants().get("SIG_BLOCK"));
    assertEquals(new Layouts.Place(4, 4, 4), place(source, "Outer", "uid"));
    assertEquals(new Layouts.Place(16, 16, 1), place(source, "Outer", "path"));
    assertEquals(32, source.layouts().size("Outer"));
    assertEquals(new Layouts.Place(8, 8, 8), place(source, "Outer.inner", "b"));
    assertEquals(Map.of("wait", "__wait50"), source.symbols());
  }
}
