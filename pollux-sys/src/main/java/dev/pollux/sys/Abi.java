package dev.pollux.sys;

import java.util.Locale;

/**
 * What differs between the architectures of Linux, and the sizes of the structures that do not.
 *
 * <p>Checked against the C headers of glibc and musl on x86-64, and of glibc on aarch64, by {@code
 * ./dev abi}.
 */
public enum Abi {
  /** x86-64: {@code struct epoll_event} is packed, see {@code sys/epoll.h}. */
  X86_64(12, 4, 0200000, 0400000, 040000, 312),
  /** aarch64: every structure has its natural alignment; some {@code open} flags differ. */
  AARCH64(16, 8, 040000, 0100000, 0200000, 272);

  /** {@code sizeof(struct epoll_event)}: 12 where packed, 16 elsewhere. */
  public final int epollEventSize;

  /** {@code offsetof(struct epoll_event, data)}. */
  public final int epollDataOffset;

  /** {@code O_DIRECTORY} of {@code fcntl.h}. */
  public final int oDirectory;

  /** {@code O_NOFOLLOW} of {@code fcntl.h}. */
  public final int oNofollow;

  /** {@code O_DIRECT} of {@code fcntl.h}. */
  public final int oDirect;

  /** The number of {@code kcmp(2)}, {@code SYS_kcmp} of {@code sys/syscall.h}. */
  public final long kcmpNumber;

  Abi(
      int epollEventSize,
      int epollDataOffset,
      int oDirectory,
      int oNofollow,
      int oDirect,
      long kcmpNumber) {
    this.epollEventSize = epollEventSize;
    this.epollDataOffset = epollDataOffset;
    this.oDirectory = oDirectory;
    this.oNofollow = oNofollow;
    this.oDirect = oDirect;
    this.kcmpNumber = kcmpNumber;
  }

  /** The architecture of this process; x86-64 rules where it is unknown. */
  public static final Abi CURRENT = of(System.getProperty("os.arch", ""));

  /** The rules for an {@code os.arch} value. */
  public static Abi of(String osArch) {
    return switch (osArch.toLowerCase(Locale.ROOT)) {
      case "aarch64", "arm64" -> AARCH64;
      default -> X86_64;
    };
  }
}
