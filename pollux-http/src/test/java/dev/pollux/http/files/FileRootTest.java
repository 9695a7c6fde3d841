package dev.pollux.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels that do not have what a folder is opened by. */
class FileRootTest {

  @TempDir Path directory;

  /** A kernel without the call. */
  private static Sys without(Sys real, int errno) {
    return (Sys)
        Proxy.newProxyInstance(
            Sys.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (_, method, arguments) ->
                method.getName().equals("openat2") ? -errno : method.invoke(real, arguments));
  }

  /**
   * A kernel that is too old, or a filter that hides the call, is said before anything is served.
   */
  @Test
  void kernel_withoutTheCall_isSaidAtTheStart() throws Exception {
    Sys sys = NativeSys.open();
    for (int errno : new int[] {Errno.ENOSYS, Errno.EPERM}) {
      Sys without = without(sys, errno);
      InstantSource clock = InstantSource.system();
      SysException thrown =
          assertThrows(
              SysException.class,
              () -> StaticFiles.open(without, directory, FileOptions.DEFAULT, clock));
      assertEquals(errno, thrown.errno());
      String message = String.valueOf(thrown.getMessage());
      assertTrue(message.contains("openat2") && message.contains("seccomp"), message);
    }
    assertEquals(List.of(), Site.openBeneath(directory));
  }
}
