package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    "REUSE, 0, EOPNOTSUPP",
    "WRITE, ENOTCONN, ENOTCONN"
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
    "WRITE, 8, 9",
    "WRITE, 8, 8",
    "WRITE, ENOTCONN, EPIPE"
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
