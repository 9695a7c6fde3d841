package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every profile has to be: complete for its system, and its own inverse. */
class ProfileTest {

  static List<Profile> all() {
    return Profiles.all();
  }

  static List<Profile> foreign() {
    return Profiles.all().stream().filter(p -> !p.system().equals("Linux")).toList();
  }

  @ParameterizedTest
  @MethodSource("all")
  void find_valueOfConstant_findsItOrOneOfTheSameValue(Profile profile) {
    for (Constant constant : Constant.values()) {
      if (profile.has(constant)) {
        int value = profile.value(constant);
        Constant found = Objects.requireNonNull(profile.find(constant.kind(), value));
        assertEquals(value, profile.value(found), constant::name);
        assertEquals(constant.kind(), found.kind());
        assertTrue(found.compareTo(constant) <= 0, constant::name);
      }
    }
  }

  /** An errno that two names have would be told as the wrong one. */
  @ParameterizedTest
  @MethodSource("foreign")
  void find_errno_comesBackToTheNumberOfLinux(Profile profile) {
    for (Constant constant : Constant.values()) {
      if (constant.kind() == Kind.ERRNO && profile.has(constant)) {
        Constant found = Objects.requireNonNull(profile.find(Kind.ERRNO, profile.value(constant)));
        assertEquals(constant.linuxValue(), found.linuxValue(), constant::name);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void find_numberThatNothingHas_isNull(Profile profile) {
    assertNull(profile.find(Kind.ERRNO, 9999));
    assertNull(profile.find(Kind.FILTER, 9999));
    assertNull(profile.find(Kind.UDP_OPTION, -1));
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void value_ofWhatOnlyLinuxHas_saysWhoLacksIt(Profile profile) {
    for (Constant constant : List.of(Constant.SO_BUSY_POLL, Constant.TCP_CORK)) {
      assertFalse(profile.has(constant));
      var e = assertThrows(IllegalStateException.class, () -> profile.value(constant));
      assertEquals(profile + " has no " + constant, e.getMessage());
    }
  }

  @Test
  void layouts_ofWhatASystemLacks_sayIt() {
    Profile macOs = MacOs.profile(Profiles.AARCH64);
    assertFalse(macOs.has(Struct.MMSGHDR));
    assertEquals(
        "macOS on aarch64 has no struct mmsghdr",
        assertThrows(IllegalStateException.class, () -> macOs.size(Struct.MMSGHDR)).getMessage());
    assertFalse(macOs.has(Field.UCRED_PID));
    assertEquals(
        "macOS on aarch64 has no field pid of struct ucred",
        assertThrows(IllegalStateException.class, () -> macOs.offset(Field.UCRED_PID))
            .getMessage());
  }

  /** A system without one of these cannot run Pollux at all. */
  @ParameterizedTest
  @MethodSource("foreign")
  void has_whatEveryUseNeeds(Profile profile) {
    for (Constant constant :
        List.of(
            Constant.EAGAIN,
            Constant.O_NONBLOCK,
            Constant.O_CLOEXEC,
            Constant.F_DUPFD_CLOEXEC,
            Constant.FIONREAD,
            Constant.SOL_SOCKET,
            Constant.SO_ERROR,
            Constant.SO_REUSEADDR,
            Constant.SO_REUSEPORT,
            Constant.SCM_RIGHTS,
            Constant.RLIMIT_NOFILE,
            Constant.EVFILT_READ,
            Constant.EVFILT_USER,
            Constant.NOTE_TRIGGER,
            Constant.EV_DISPATCH)) {
      assertTrue(profile.has(constant), constant::name);
    }
    for (Struct struct : Struct.values()) {
      boolean optional =
          Set.of(Struct.MMSGHDR, Struct.IP_MREQN, Struct.IN_PKTINFO).contains(struct);
      assertTrue(optional || profile.has(struct), struct::name);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void fields_ofAStructure_areInItAndApart(Profile profile) {
    for (Struct struct : Struct.values()) {
      Set<Integer> taken = new HashSet<>();
      for (Field field : Field.values()) {
        if (field.struct() == struct && profile.has(field)) {
          for (int i = 0; i < profile.width(field); i++) {
            assertTrue(taken.add(profile.offset(field) + i), field::name);
          }
        }
      }
      assertTrue(
          taken.isEmpty() || new HashSet<>(taken).stream().allMatch(b -> b < profile.size(struct)),
          struct::name);
    }
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void longValue_ofAnIoctl_hasNoSign(Profile profile) {
    assertEquals(0x8004667eL, profile.longValue(Constant.FIONBIO));
    assertEquals(0x8004667e, profile.value(Constant.FIONBIO));
    assertTrue(profile.longValue(Constant.AT_FDCWD) < 0);
  }

  @Test
  void name_ofWhatIsCalledOtherwise_isThatOfItsHeaders() {
    Profile macOs = MacOs.profile(Profiles.X86_64);
    assertEquals("TCP_KEEPALIVE", macOs.name(Constant.TCP_KEEPIDLE));
    assertEquals("SO_LINGER_SEC", macOs.name(Constant.SO_LINGER));
    assertEquals("st_atimespec", macOs.name(Field.STAT_ACCESSED));
    assertEquals("struct xucred", macOs.name(Struct.UCRED));
    Profile freeBsd = FreeBsd.profile(Profiles.X86_64);
    assertEquals("TCP_KEEPIDLE", freeBsd.name(Constant.TCP_KEEPIDLE));
    assertEquals("SO_LINGER", freeBsd.name(Constant.SO_LINGER));
    assertEquals("st_atim", freeBsd.name(Field.STAT_ACCESSED));
  }

  @Test
  void of_namesOfTheJdk_areKnown() {
    for (String arm : List.of("aarch64", "arm64")) {
      assertEquals("macOS on aarch64", String.valueOf(Profiles.of("Mac OS X", arm)));
    }
    for (String system : List.of("FreeBSD", "OpenBSD", "NetBSD", "Linux")) {
      assertEquals(system + " on x86-64", String.valueOf(Profiles.of(system, "amd64")));
      assertEquals(system + " on aarch64", String.valueOf(Profiles.of(system, "aarch64")));
    }
    assertEquals("DragonFly on x86-64", String.valueOf(Profiles.of("DragonFlyBSD", "x86_64")));
    assertNotNull(Profiles.of("DragonFly", "amd64"));
    assertNull(Profiles.of("DragonFly", "aarch64"));
    assertNull(Profiles.of("SunOS", "amd64"));
    assertNull(Profiles.of("FreeBSD", "riscv64"));
  }

  @Test
  void all_profile_isThereOnce() {
    List<String> names = Profiles.all().stream().map(Profile::toString).toList();
    assertEquals(11, names.size());
    assertEquals(names.size(), new HashSet<>(names).size());
  }
}
