package dev.pollux.sys;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Moves a buffer's position while another thread transfers. In a JVM of its own, which interprets:
 * compiled code may read the position once where the source does it twice.
 */
final class IoBufferChild {

  private static final int SIZE_BYTES = 64;

  private IoBufferChild() {}

  /** Prints how many calls would have left the buffer. */
  public static void main(String[] args) throws InterruptedException {
    IoBuffer io = IoBuffer.allocate(SIZE_BYTES);
    AtomicBoolean done = new AtomicBoolean();
    Thread racer =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; !done.get(); i++) {
                io.buffer().position(i % 2 * SIZE_BYTES);
              }
            });
    Bounds bounds = new Bounds(io.address());
    for (int i = 0; i < 1_000_000 && bounds.outside == 0; i++) {
      int _ = io.read(bounds, 0);
      int _ = io.write(bounds, 0);
    }
    done.set(true);
    racer.join();
    System.out.println(bounds.outside + " calls outside");
  }

  /** Counts the calls that would leave the buffer. */
  private static final class Bounds implements Sys {
    private final long address;
    private int outside;

    Bounds(long address) {
      this.address = address;
    }

    @Override
    public int read(int fd, long bufAddress, long count) {
      boolean inside = bufAddress >= address && count >= 0;
      outside += inside && bufAddress + count <= address + SIZE_BYTES ? 0 : 1;
      return -Errno.EAGAIN;
    }

    @Override
    public int write(int fd, long bufAddress, long count) {
      return read(fd, bufAddress, count);
    }

    @Override
    public long nanoTime() {
      return 0;
    }
  }
}
