package dev.pollux.inspect.proc;

import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.SystemCall;
import dev.pollux.inspect.SystemCall.Kind;
import dev.pollux.inspect.SystemCall.Watched;
import dev.pollux.sys.Abi;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a process, and what each asks of the kernel.
 *
 * <p>Source: proc_pid_task(5), proc_pid_stat(5), proc_pid_syscall(5), proc_pid_wchan(5).
 */
public final class ThreadTable {

  private static final int MINOR_FAULTS = 7; // words of stat, behind the name
  private static final int USER_TICKS = 11; // words behind the name
  private static final int SYSTEM_TICKS = 12;
  private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 everywhere
  private static final int ARGUMENTS = 6;

  private final ProcFiles files;
  private final CallNumbers numbers = new CallNumbers(Abi.CURRENT);
  private final @Nullable ProcessMemory memory;

  /** Of the process with these files; without its memory, what stands there is unknown. */
  public ThreadTable(ProcFiles files, @Nullable ProcessMemory memory) {
    this.files = files;
    this.memory = memory;
  }

  /** All of them, by number. */
  public List<ProcessThread> read() {
    List<ProcessThread> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(files.tasks())) {
      for (Path entry : entries) {
        ProcessThread thread = thread(entry);
        if (thread != null) {
          all.add(thread);
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      // ended: who looks finds out by the descriptors
    }
    all.sort(Comparator.comparingInt(ProcessThread::tid));
    return all;
  }

  private @Nullable ProcessThread thread(Path folder) {
    String stat = ProcFiles.read(folder.resolve("stat"));
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    if (open < 0 || close < open) {
      return null; // ended meanwhile
    }
    String[] words = stat.substring(close + 2).split(" ", -1);
    long user = Long.parseLong(words[USER_TICKS]);
    long system = Long.parseLong(words[SYSTEM_TICKS]);
    String place = ProcFiles.read(folder.resolve("wchan"));
    String[] times = ProcFiles.read(folder.resolve("schedstat")).split(" ", -1);
    return new ProcessThread(
        Integer.parseInt(folder.getFileName().toString()),
        stat.substring(open + 1, close),
        words[0].charAt(0),
        place.equals("0") ? "" : place,
        times.length < 2 ? (user + system) * NANOS_PER_TICK : Long.parseLong(times[0]),
        times.length < 2 ? 0 : Long.parseLong(times[1]),
        times.length < 3 ? 0 : Long.parseLong(times[2].strip()),
        system,
        user,
        work(words, ProcFiles.read(folder.resolve("io"))),
        call(ProcFiles.read(folder.resolve("syscall")).strip()));
  }

  private static long work(String[] stat, String io) {
    String read = ProcFiles.value(io, "rchar:");
    String written = ProcFiles.value(io, "wchar:");
    return read.isEmpty() || written.isEmpty()
        ? -1
        : Long.parseLong(read) + Long.parseLong(written) + Long.parseLong(stat[MINOR_FAULTS]);
  }

  /** {@code running}, {@code -1 sp pc}, or {@code number arg0 … arg5 sp pc}. */
  @Nullable SystemCall call(String line) {
    if (line.isEmpty()) {
      return null;
    }
    String[] words = line.split(" ", -1);
    if (words.length < 1 + ARGUMENTS || words[0].startsWith("-")) {
      return new SystemCall(Kind.NONE, "", -1, 0, 0, List.of());
    }
    long[] arguments = new long[ARGUMENTS];
    for (int i = 0; i < ARGUMENTS; i++) {
      arguments[i] = Long.parseUnsignedLong(words[i + 1].substring(2), 16);
    }
    CallNumbers.Call call = numbers.find(Integer.parseInt(words[0]));
    long timeout = timeout(call, arguments);
    return switch (call.kind()) {
      case EPOLL ->
          new SystemCall(
              call.kind(), call.name(), (int) arguments[0], (int) arguments[2], timeout, List.of());
      case POLL ->
          new SystemCall(
              call.kind(),
              call.name(),
              -1,
              arguments[1],
              timeout,
              memory == null ? List.of() : memory.polled(arguments[0], arguments[1]));
      case SELECT ->
          new SystemCall(
              call.kind(),
              call.name(),
              -1,
              (int) arguments[0],
              timeout,
              memory == null ? List.<Watched>of() : memory.selected(arguments));
      default ->
          new SystemCall(call.kind(), call.name(), descriptor(call, arguments), 0, 0, List.of());
    };
  }

  private static int descriptor(CallNumbers.Call call, long[] arguments) {
    boolean isNone = CallNumbers.takesNoDescriptor(call) || arguments[0] != (int) arguments[0];
    return isNone ? -1 : (int) arguments[0];
  }

  private long timeout(CallNumbers.Call call, long[] arguments) {
    if (call.timeoutArgument() < 0) {
      return 0;
    }
    long argument = arguments[call.timeoutArgument()];
    if (!call.isPointer()) {
      return Math.max(-1, (int) argument); // any below 0 is for ever
    }
    if (argument == 0) {
      return -1;
    }
    return memory == null
        ? SystemCall.UNKNOWN
        : memory.millis(argument, call.name().equals("select"));
  }
}
