package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link OlderKernels}: what they explain, and what must stay a difference. */
class OlderKernelsTest {
  private static final String OLD = "5.10.0-32-cloud-amd64\n";

  @ParameterizedTest
  @CsvSource({
    "PWAIT2, ENOSYS [], 0 []",
    "BIND, EADDRINUSE, EINVAL",
    "TO, ECONNREFUSED, ENOENT",
    "WAIT, EINVAL [], EBADF []",
    "WRITE, 8, EINVAL",
    "WRITE, EAGAIN, EINVAL",
    "WRITE, '', EINVAL",
    "FILL, EINVAL after 72 bytes, EINVAL after 0 bytes",
    "LOAD, EAGAIN, 0",
    "REUSE, 0, EOPNOTSUPP"
  })
  void whatChangedSince_isExplained(Kind kind, String expected, String actual) {
    OlderKernels older = OlderKernels.of(OLD);
    assertTrue(older.explain(kind, expected, actual));
    assertEquals(1, older.met().size());
  }

  @ParameterizedTest
  @CsvSource({
    "PWAIT2, 1 [], 0 []",
    "WAIT, EBADF [], EINVAL []",
    "WAIT, 1 [], 0 []",
    "READ, EINVAL, EBADF",
    "WRITE, 8, 9"
  })
  void anythingElse_isADifference(Kind kind, String expected, String actual) {
    OlderKernels older = OlderKernels.of(OLD);
    assertFalse(older.explain(kind, expected, actual));
    assertEquals(Set.of(), older.met());
  }

  @ParameterizedTest
  @CsvSource({"6.12.1, true", "6.18.44-fc, false", "7.2.13+deb14, false", "10.0, false"})
  void newerKernels_explainLess(String release, boolean explains) {
    OlderKernels older = OlderKernels.of(release);
    assertFalse(older.explain(Kind.PWAIT2, "ENOSYS []", "0 []"));
    assertEquals(explains, older.explain(Kind.WAIT, "EINVAL []", "EBADF []"));
  }

  /** Only where the errno was seen in the same program. */
  @Test
  void whatComesAfterAnErrno_isExplainedThere() {
    OlderKernels older = OlderKernels.of(OLD);
    String[] room = {"0 []", "1 [#67 OUT]"};
    assertFalse(older.explain(Kind.WAIT, room[0], room[1]));
    older.saw(-Errno.ENOTCONN);
    assertTrue(older.explain(Kind.WAIT, room[0], room[1]));
    assertTrue(older.explain(Kind.WAIT, "0 []", "1 [#59 IN]"), "by an epoll that is watched");
    assertFalse(older.explain(Kind.WAIT, "1 [#67 OUT]", "0 []"));
    older.begin();
    older.saw(3);
    assertFalse(older.explain(Kind.WAIT, room[0], room[1]));
    OlderKernels newer = OlderKernels.of("6.18.44-fc");
    newer.saw(-Errno.ENOTCONN);
    assertFalse(newer.explain(Kind.WAIT, room[0], room[1]));
  }

  @Test
  void release_thatIsNoVersion_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> OlderKernels.of("Linux"));
  }

  @Test
  void all_standInTheDocument() throws IOException {
    String text = Files.readString(Path.of("../docs/older-kernels.md"));
    for (OlderKernels.Change change : OlderKernels.CHANGES) {
      assertTrue(text.contains(change.words()), change.words());
    }
  }
}
