package dev.pollux.sys;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** {@code struct kevent} in the layout and the numbers of a system, from and to Pollux's. */
final class BsdKevents {

  // Pollux's numbers, which are FreeBSD's
  private static final int EV_ERROR = Constant.EV_ERROR.linuxValue();
  private static final int EV_EOF = Constant.EV_EOF.linuxValue();
  private static final int NO_FILTER = Short.MAX_VALUE; // is refused by all, with EINVAL

  private static final int MOST_FILTERS = 32;

  /** What the notes of a filter are, by the filter without its sign. */
  private static final Kind[] KINDS = kinds();

  private static final int SIGNAL_BITS = 0x7f; // of the status of a process

  private final BsdLibrary library;
  private final Profile profile;
  private final BsdSignals signals;
  private final BsdTimers timers;
  private final NumberMap filters;
  private final FlagMap flags;
  private final FlagMap reads;
  private final FlagMap excepts;
  private final FlagMap vnodes;
  private final FlagMap processes;
  private final int size;

  BsdKevents(BsdLibrary library, BsdSignals signals) {
    this.library = library;
    this.profile = library.profile;
    this.signals = signals;
    this.timers = new BsdTimers(profile);
    this.filters = new NumberMap(profile, Kind.FILTER);
    this.flags = new FlagMap(profile, Kind.EVENT_FLAG);
    this.reads = new FlagMap(profile, Kind.READ_NOTE);
    this.excepts = new FlagMap(profile, Kind.EXCEPT_NOTE);
    this.vnodes = new FlagMap(profile, Kind.VNODE_NOTE);
    this.processes = new FlagMap(profile, Kind.PROC_NOTE);
    this.size = profile.size(Struct.KEVENT);
  }

  int kevent(
      int kq, long changesAddress, int changeCount, long eventsAddress, int count, long timespec) {
    if (changeCount < 0 || count < 0) {
      return -Errno.EINVAL;
    }
    long bytes = (long) Math.max(changeCount, count) * size;
    MemorySegment list = BsdScratch.own().list(bytes); // one list may be both
    KeventMemory changes = KeventMemory.at(changesAddress, changeCount);
    for (int i = 0; i < changeCount; i++) {
      toSystem(changes, i, list);
    }
    int found =
        library.call(
            BsdFunction.KEVENT,
            kq,
            changeCount == 0 ? 0 : list.address(),
            changeCount,
            count == 0 ? 0 : list.address(),
            count,
            timespec);
    KeventMemory events = KeventMemory.at(eventsAddress, count);
    for (int i = 0; i < found; i++) {
      fromSystem(list, events, i);
    }
    return found;
  }

  private void toSystem(KeventMemory from, int index, MemorySegment to) {
    int filter = from.filter(index);
    int theirs = filters.toSystem(filter);
    long ident = from.ident(index);
    int fflags = from.fflags(index);
    long start = (long) index * size;
    MemorySegment entry = to.asSlice(start, size);
    var _ = entry.fill((byte) 0);
    long data = from.data(index);
    if (filter == Constant.EVFILT_TIMER.linuxValue()) {
      data = timers.dataToSystem(data, fflags);
      theirs = timers.isRefused(fflags) ? NumberMap.NONE : theirs;
    } else if (filter == Constant.EVFILT_SIGNAL.linuxValue()) {
      ident = signals.toSystem((int) ident);
    }
    set(entry, Field.KEVENT_IDENT, ident);
    set(entry, Field.KEVENT_FILTER, theirs == NumberMap.NONE ? NO_FILTER : theirs);
    set(entry, Field.KEVENT_FLAGS, flags.toSystem(from.flags(index)));
    set(entry, Field.KEVENT_FFLAGS, notesToSystem(filter, fflags));
    set(entry, Field.KEVENT_DATA, data);
    set(entry, Field.KEVENT_UDATA, from.udata(index));
  }

  private void set(MemorySegment entry, Field field, long value) {
    BsdFields.write(profile, entry, 0, field, value);
  }

  private int notesToSystem(int filter, int fflags) {
    return switch (kind(filter)) {
      case READ_NOTE -> reads.toSystem(fflags) | atEnd(fflags);
      case EXCEPT_NOTE -> excepts.toSystem(fflags);
      case VNODE_NOTE -> vnodes.toSystem(fflags);
      case PROC_NOTE -> processes.toSystem(fflags) | withStatus(fflags);
      case TIMER_NOTE -> timers.notesToSystem(fflags);
      default -> fflags; // USER: the same everywhere
    };
  }

  /** OpenBSD's name for a file that is ready at its end as well. */
  private int atEnd(int fflags) {
    boolean isAsked = (fflags & Constant.NOTE_FILE_POLL.linuxValue()) != 0;
    boolean isOther = !profile.has(Constant.NOTE_FILE_POLL) && profile.has(Constant.NOTE_EOF);
    return isAsked && isOther ? profile.value(Constant.NOTE_EOF) : 0;
  }

  /** macOS tells the status to who asks for it. */
  private int withStatus(int fflags) {
    boolean isAsked = (fflags & Constant.NOTE_EXIT.linuxValue()) != 0;
    boolean isThere = profile.has(Constant.NOTE_EXITSTATUS);
    return isAsked && isThere ? profile.value(Constant.NOTE_EXITSTATUS) : 0;
  }

  private static Kind kind(int filter) {
    int index = -filter;
    return index > 0 && index < KINDS.length ? KINDS[index] : Kind.USER_NOTE;
  }

  private static Kind[] kinds() {
    Kind[] kinds = new Kind[MOST_FILTERS];
    Arrays.fill(kinds, Kind.USER_NOTE);
    kinds[-Constant.EVFILT_READ.linuxValue()] = Kind.READ_NOTE;
    kinds[-Constant.EVFILT_WRITE.linuxValue()] = Kind.READ_NOTE;
    kinds[-Constant.EVFILT_EXCEPT.linuxValue()] = Kind.EXCEPT_NOTE;
    kinds[-Constant.EVFILT_VNODE.linuxValue()] = Kind.VNODE_NOTE;
    kinds[-Constant.EVFILT_PROC.linuxValue()] = Kind.PROC_NOTE;
    kinds[-Constant.EVFILT_TIMER.linuxValue()] = Kind.TIMER_NOTE;
    return kinds;
  }

  private void fromSystem(MemorySegment list, KeventMemory to, int index) {
    MemorySegment entry = list.asSlice((long) index * size, size);
    int theirs = (int) get(entry, Field.KEVENT_FILTER);
    int ours = filters.fromSystem(theirs);
    int filter = ours == NumberMap.NONE ? theirs : ours;
    int said = flags.fromSystem((int) get(entry, Field.KEVENT_FLAGS));
    long ident = get(entry, Field.KEVENT_IDENT);
    long data = get(entry, Field.KEVENT_DATA);
    int fflags = (int) get(entry, Field.KEVENT_FFLAGS);
    Kind kind = kind(filter);
    if ((said & EV_ERROR) != 0) {
      data = data == 0 ? 0 : library.errno((int) data);
      fflags = notesFromSystem(kind, fflags);
    } else if (kind == Kind.READ_NOTE) {
      boolean isError = (said & EV_EOF) != 0 && fflags != 0;
      fflags = isError ? library.errno(fflags) : 0;
    } else {
      fflags = notesFromSystem(kind, fflags);
      boolean isExit = kind == Kind.PROC_NOTE && data > 0;
      data = isExit ? status((int) data) : data;
    }
    boolean isSignal = filter == Constant.EVFILT_SIGNAL.linuxValue();
    ident = isSignal ? signals.fromSystem((int) ident) : ident;
    to.set(index, ident, filter, said, fflags, data, get(entry, Field.KEVENT_UDATA));
  }

  private long get(MemorySegment entry, Field field) {
    return BsdFields.read(profile, entry, 0, field);
  }

  private int notesFromSystem(Kind kind, int fflags) {
    return switch (kind) {
      case READ_NOTE -> reads.fromSystem(fflags);
      case EXCEPT_NOTE -> excepts.fromSystem(fflags);
      case VNODE_NOTE -> vnodes.fromSystem(fflags);
      case PROC_NOTE -> processes.fromSystem(fflags);
      case TIMER_NOTE -> 0;
      default -> fflags;
    };
  }

  /** The signal that ended a process has another number; the rest of a status is the same. */
  private int status(int theirs) {
    int signal = theirs & SIGNAL_BITS;
    return signal == 0 ? theirs : (theirs & ~SIGNAL_BITS) | signals.fromSystem(signal);
  }
}
