package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntSupplier;

/**
 * The calls that may block, in three parts: the arguments are laid out, the call is made, what it
 * wrote is read. The first and the last are the main thread's.
 *
 * <p>Threads: one at a time; each thread of a program has its own, with its own memory.
 */
final class Calls {
  /** Room for all that a full pipe or socket holds. */
  static final int BUFFER_BYTES = 1 << 19; // 512 KiB

  private static final int SCRATCH_BYTES = 1 << 12;

  final MemorySegment buffer;
  final Outcome outcome;

  private final Handles handles;
  private final Pattern pattern;
  private final WaitCalls waits;
  private final MessageCalls messages;
  private final MemorySegment small = Arena.ofAuto().allocate(SCRATCH_BYTES, 64);

  Calls(Handles handles, Pattern pattern, int bufferBytes) {
    this.handles = handles;
    this.pattern = pattern;
    this.buffer = Arena.ofAuto().allocate(bufferBytes, 64);
    this.outcome = new Outcome(buffer);
    this.waits = new WaitCalls(handles, small, buffer, outcome);
    this.messages = new MessageCalls(handles, small, buffer, outcome);
  }

  /** Lays out the arguments; the call, with this timeout if it takes one (negative: for ever). */
  IntSupplier prepare(Op op, long timeoutNanos) {
    if (op.kind().takesTimeout()) {
      return waits.prepare(op, timeoutNanos);
    }
    Sys sys = handles.sys();
    int fd = handles.fd(op, 0);
    return switch (op.kind()) {
      case SENDMSG -> messages.send(op, pattern.next());
      case SENDTO -> messages.sendTo(op, pattern.next());
      case RECVMSG -> messages.receive(op);
      case TO -> {
        int length = handles.names.write(small, fd, op.arg(1), Handles.UNUSED_PORT);
        yield () -> sys.connect(fd, small.address(), length);
      }
      case READ -> () -> sys.read(fd, buffer.address(), op.arg(1));
      case RECV -> {
        buffer.asSlice(0, op.arg(1)).fill((byte) 0); // MSG_TRUNC may leave it as it is
        yield () -> sys.recv(fd, buffer.address(), op.arg(1), op.arg(2));
      }
      case WRITE -> {
        long source = pattern.next();
        yield () -> sys.write(fd, source, op.arg(1));
      }
      case SEND -> {
        long source = pattern.next();
        yield () -> sys.send(fd, source, op.arg(1), op.arg(2) | Linux.MSG_NOSIGNAL);
      }
      case COUNT -> {
        small.set(JAVA_LONG, 0, Executor.count(op.arg(1)));
        yield () -> sys.write(fd, small.address(), Long.BYTES);
      }
      case ACCEPT -> {
        int listener = handles.fd(op, 1);
        yield () -> sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK);
      }
      case CONNECT -> {
        long address = handles.address(small, handles.connectPort(op.arg(1)));
        yield () -> sys.connect(fd, address, Linux.SIZEOF_SOCKADDR_IN);
      }
      default -> throw new IllegalArgumentException(op.kind() + " does not block");
    };
  }

  /** Reads what the call wrote. */
  void finish(Op op, int result) {
    outcome.result(result);
    switch (op.kind()) {
      case READ, RECV -> outcome.bytesRead(Math.clamp(result, 0, op.arg(1)));
      case RECVMSG -> messages.received(op, result);
      default -> {
        if (op.kind().takesTimeout()) {
          waits.finish(op, result);
        }
      }
    }
  }
}
