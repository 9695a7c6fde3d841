package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevent;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of a program: does its steps on the kernel, keeps what they come to in things,
 * and tells the reference what is news.
 */
final class World {

  private static final int READ = Kevent.EVFILT_READ;
  private static final int WRITE = Kevent.EVFILT_WRITE;
  private static final int MOST_AT_ONCE = 1 << 16;

  private final Kernel kernel;
  private final Reference reference;
  private final FileWorld files;
  private final IntConsumer sameAgain;
  private final int[] slots = new int[Step.SLOTS]; // numbers, also of what was closed
  private final Map<Integer, Thing> open = new HashMap<>();
  private final Map<Integer, Set<Object>> past = new HashMap<>(); // what a number was before

  /** With what is done for {@link Concession#SAME_AGAIN}. */
  World(Kernel kernel, Reference reference, IntConsumer sameAgain) {
    this.kernel = kernel;
    this.reference = reference;
    this.files = new FileWorld(kernel, reference);
    this.sameAgain = sameAgain;
    Arrays.fill(slots, -1);
  }

  /** The number that stands, or last stood, in a slot. */
  int number(int slot) {
    return slots[slot];
  }

  @Nullable Thing thing(int number) {
    return open.get(number);
  }

  private @Nullable Thing at(int slot) {
    return open.get(slots[slot]);
  }

  void run(Step step) throws SysException {
    switch (step) {
      case Step.OpenPipe(int reader, int writer) when areFree(reader, writer) -> {
        Thing.PipeEnd end = Thing.PipeEnd.reader();
        int[] fds = Sockets.pipe(kernel.sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
        put(reader, fds[0], end);
        put(writer, fds[1], end.other);
      }
      case Step.OpenPair(int one, int other) when areFree(one, other) -> {
        Thing.SocketEnd end = Thing.SocketEnd.paired();
        int[] fds = Sockets.pair(kernel.sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
        put(one, fds[0], end);
        put(other, fds[1], end.peer);
      }
      case Step.OpenFile file when at(file.slot()) == null -> {
        int fd = files.open(file);
        put(file.slot(), fd, files.opened(file));
      }
      case Step.Duplicate(int from, int to) when at(to) == null -> duplicate(from, to);
      case Step.Close(int slot) -> close(slot);
      case Step.Write(int slot, int count) -> write(slot, count);
      case Step.Fill(int slot) when !(at(slot) instanceof Thing.FileHandle) -> fill(slot);
      case Step.Read(int slot, int count) -> read(slot, count);
      case Step.Shutdown(int slot, int how) -> shutdown(slot, how);
      case Step.Unlink(int name) -> files.unlink(name);
      case Step.Rename(int from, int to) -> files.rename(from, to);
      case Step.Advance(long nanos) -> kernel.advance(nanos);
      default -> {}
    }
  }

  private boolean areFree(int one, int other) {
    return one != other && at(one) == null && at(other) == null;
  }

  private void put(int slot, int fd, Thing thing) {
    thing.numbers++;
    slots[slot] = fd;
    open.put(fd, thing);
    Object what = thing instanceof Thing.FileHandle handle ? handle.file : thing;
    if (!past.computeIfAbsent(fd, _ -> new HashSet<>()).add(what)) {
      sameAgain.accept(fd);
    }
  }

  private void duplicate(int from, int to) throws SysException {
    Thing thing = at(from);
    if (thing != null) {
      put(to, SysException.check("dup", kernel.sys.dup(slots[from])), thing);
    }
  }

  // ---- the end

  private void close(int slot) {
    Thing thing = at(slot);
    if (thing == null) {
      return;
    }
    int fd = slots[slot];
    reference.closed(fd);
    open.remove(fd);
    int _ = kernel.sys.close(fd);
    thing.numbers--;
    if (!thing.isClosed()) {
      return;
    }
    switch (thing) {
      case Thing.PipeEnd end -> {
        reference.tell(end.other, READ, Verdict.MUST);
        reference.tell(end.other, WRITE, Verdict.MUST);
      }
      case Thing.SocketEnd end -> {
        if (!end.peer.isClosed() && end.queued > 0) {
          end.peer.isReset = true;
          end.peer.isErrorPending = true;
        }
        tellState(end.peer);
      }
      case Thing.FileHandle handle -> files.closed(handle);
    }
  }

  /** {@link Concession#STATE_WAKES_ALL}. */
  private void tellState(Thing.SocketEnd end) {
    boolean isOver = end.isReadingOver();
    reference.tell(end, READ, isOver ? Verdict.MUST : Verdict.MAY);
    reference.tell(end, WRITE, end.isWritingOver() ? Verdict.MUST : Verdict.MAY);
  }

  private void shutdown(int slot, int how) {
    if (at(slot) instanceof Thing.SocketEnd end) {
      int _ = kernel.sys.shutdown(slots[slot], how);
      end.isReceiveShut |= how != Linux.SHUT_WR;
      end.isSendShut |= how != Linux.SHUT_RD;
      tellState(end);
      tellState(end.peer);
    }
  }

  void closeAll() {
    for (int slot = 0; slot < slots.length; slot++) {
      close(slot);
    }
    files.unlinkAll();
  }

  // ---- data

  private void fill(int slot) {
    int n = 1;
    while (n > 0) {
      n = write(slot, MOST_AT_ONCE);
    }
  }

  private int write(int slot, int count) {
    Thing thing = at(slot);
    if (thing == null) {
      return 0;
    }
    int n = kernel.write(slots[slot], count);
    switch (thing) {
      case Thing.PipeEnd end when !end.isReader -> {
        end.other.queued += Math.max(0, n);
        reference.tell(end.other, READ, n > 0 ? Verdict.MUST : Verdict.MAY); // FAILED_WRITE
      }
      case Thing.SocketEnd end -> {
        end.peer.queued += Math.max(0, n);
        noteError(end, n);
        if (n > 0) {
          reference.tell(end.peer, READ, Verdict.MUST);
        } else {
          reference.tell(end, WRITE, Verdict.MAY); // Concession.FAILED_WRITE
        }
      }
      case Thing.FileHandle handle -> files.written(handle, n);
      default -> {}
    }
    return n;
  }

  private void read(int slot, int count) {
    Thing thing = at(slot);
    if (thing == null) {
      return;
    }
    Thing source = sender(thing);
    int number = source == null ? -1 : anyNumber(source);
    Room before = number < 0 ? Room.NONE : kernel.room(number);
    int n = kernel.read(slots[slot], count);
    switch (thing) {
      case Thing.PipeEnd end when end.isReader -> end.queued -= checked(end, count, n);
      case Thing.SocketEnd end -> {
        end.queued -= checked(end, count, n);
        noteError(end, n);
      }
      case Thing.FileHandle handle -> files.read(handle, n);
      default -> {}
    }
    if (source != null && number >= 0 && n > 0) {
      reference.roomGrew(source, before, kernel.room(number));
    }
  }

  private static @Nullable Thing sender(Thing thing) {
    return switch (thing) {
      case Thing.PipeEnd end -> end.other;
      case Thing.SocketEnd end -> end.peer;
      case Thing.FileHandle _ -> null;
    };
  }

  private int anyNumber(Thing thing) {
    for (Map.Entry<Integer, Thing> entry : open.entrySet()) {
      if (entry.getValue() == thing) {
        return entry.getKey();
      }
    }
    return -1;
  }

  /** What was read, which is what the things say. */
  private static int checked(Thing thing, int count, int result) {
    int n = Math.max(0, result);
    if (n != Math.min(count, thing.toRead()) && result != -Errno.ECONNRESET) {
      throw new IllegalStateException("read " + result + " of " + thing.toRead());
    }
    return n;
  }

  private static void noteError(Thing.SocketEnd end, int result) {
    end.isErrorPending &= result != -Errno.ECONNRESET;
  }
}
