package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** On Linux every number is itself, and no number of Pollux's tables is left out unseen. */
class LinuxProfileTest {

  /** What begins so is Linux's alone, or no number that a call takes. */
  private static final List<String> LINUX_ALONE =
      List.of(
          "EPOLL",
          "RESOLVE_",
          "AT_STATX_",
          "STATX_",
          "EFD_",
          "TFD_",
          "SFD_",
          "IN_",
          "SYS_",
          "SIZEOF_",
          "KERNEL_");

  private static final Set<String> NO_SYSTEM_HAS = Set.of("ENONET");

  @Test
  void value_ofEveryConstant_isItself() {
    for (String architecture : List.of(Profiles.X86_64, Profiles.AARCH64)) {
      Profile linux = Profile.linux(architecture);
      Set<Constant> byArchitecture =
          Set.of(Constant.O_DIRECTORY, Constant.O_NOFOLLOW, Constant.O_DIRECT);
      for (Constant constant : Constant.values()) {
        assertEquals(constant.isOnLinux(), linux.has(constant), constant::name);
        assertEquals(constant.name(), linux.name(constant));
        if (constant.isOnLinux() && !byArchitecture.contains(constant)) {
          assertEquals(constant.linuxValue(), linux.value(constant), constant::name);
        }
      }
      Abi abi = Abi.of(architecture);
      assertEquals(abi.oDirectory, linux.value(Constant.O_DIRECTORY));
      assertEquals(abi.oNofollow, linux.value(Constant.O_NOFOLLOW));
      assertEquals(abi.oDirect, linux.value(Constant.O_DIRECT));
    }
  }

  @Test
  void constants_everyNumberOfTheTables_isOneUnlessItIsLinuxAlone() throws IllegalAccessException {
    Set<String> names =
        Arrays.stream(Constant.values()).map(Enum::name).collect(Collectors.toSet());
    for (Class<?> table : List.of(Linux.class, Errno.class)) {
      for (java.lang.reflect.Field field : table.getFields()) {
        String name = field.getName();
        boolean alone =
            NO_SYSTEM_HAS.contains(name) || LINUX_ALONE.stream().anyMatch(name::startsWith);
        assertEquals(!alone, names.contains(name), name);
        if (!alone) {
          assertEquals(field.getInt(null), Constant.valueOf(name).linuxValue(), name);
        }
      }
    }
  }

  @Test
  void linuxValue_ofWhatOthersHave_isRefused() {
    assertFalse(Constant.SO_NOSIGPIPE.isOnLinux());
    var e = assertThrows(IllegalStateException.class, Constant.SO_NOSIGPIPE::linuxValue);
    assertEquals("SO_NOSIGPIPE is no number of Linux", e.getMessage());
  }

  @Test
  void layouts_areThoseOfTheOffsets() {
    Profile linux = Profile.linux(Profiles.X86_64);
    assertEquals(Linux.SIZEOF_MSGHDR, linux.size(Struct.MSGHDR));
    assertEquals(Offsets.MSGHDR__MSG_CONTROLLEN, linux.offset(Field.MSGHDR_CONTROL_LENGTH));
    assertEquals(8, linux.width(Field.MSGHDR_CONTROL_LENGTH));
    assertEquals(Linux.SIZEOF_CMSGHDR, linux.controlDataOffset());
    assertFalse(linux.has(Field.SOCKADDR_LENGTH));
    assertFalse(linux.has(Struct.STAT));
    assertTrue(Arrays.stream(Struct.values()).allMatch(s -> s == Struct.STAT || linux.has(s)));
  }

  @Test
  void systemTable_hasWhatTheProfileHas() {
    List<SystemTable> tables = SystemTable.all();
    assertEquals(Profiles.all().size(), tables.size());
    SystemTable linux = tables.getFirst();
    assertEquals("Linux", linux.system());
    assertEquals(Constant.values().length, linux.values().size());
    SystemTable.Value eagain =
        linux.values().stream().filter(v -> v.name().equals("EAGAIN")).findFirst().orElseThrow();
    assertEquals(new SystemTable.Value("ERRNO", "EAGAIN", "EAGAIN", 11L), eagain);
    assertTrue(linux.layouts().contains(new SystemTable.Layout("STAT", "struct stat", null)));
    assertTrue(
        linux
            .members()
            .contains(new SystemTable.Member("POLLFD_REVENTS", "POLLFD", "revents", 6, 2)));
    assertEquals(16, linux.controlDataOffset());
  }
}
