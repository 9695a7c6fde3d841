package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The knotes of a queue: what changes make of them, and what of them is an event; what is of one
 * filter is done by that. Under the queue's lock.
 */
final class Notes {

  private static final int KEPT = Kevent.EV_ONESHOT | Kevent.EV_CLEAR | Kevent.EV_DISPATCH;

  private final Sys sys;
  final Instances instances;
  final DueNotes due;
  final Watches watches;
  final Ticks ticks;
  private final Sources sources = new Sources();
  private final Files files;
  private final DescriptorFilter read;
  private final DescriptorFilter write;
  private final DescriptorFilter except;
  private final VnodeFilter vnode;
  private final ProcFilter proc;
  private final SignalFilter signal;
  private final TimerFilter timer;
  private final UserFilter user;
  private long rounds;

  Notes(Sys sys, boolean takesErrors) throws SysException {
    this.sys = sys;
    TimerFds timerFds = new TimerFds(sys);
    FileLook look = new FileLook(sys);
    this.instances = new Instances(sys);
    this.due = new DueNotes(instances);
    this.watches = new Watches(sys, instances);
    this.ticks = new Ticks(timerFds, instances);
    this.files = new Files(this, look, watches);
    this.read = descriptors(Kevent.EVFILT_READ, 0, takesErrors);
    this.write = descriptors(Kevent.EVFILT_WRITE, 1, takesErrors);
    this.except = descriptors(Kevent.EVFILT_EXCEPT, 2, takesErrors);
    this.vnode = new VnodeFilter(this, look, watches);
    this.proc = new ProcFilter(this, sys);
    this.signal = new SignalFilter(this, sys);
    this.timer = new TimerFilter(this, timerFds);
    this.user = new UserFilter(this);
  }

  private DescriptorFilter descriptors(int number, int place, boolean takesErrors) {
    return new DescriptorFilter(number, place, this, sys, files, ticks, takesErrors);
  }

  private @Nullable Filter filter(int number) {
    return switch (number) {
      case Kevent.EVFILT_READ -> read;
      case Kevent.EVFILT_WRITE -> write;
      case Kevent.EVFILT_EXCEPT -> except;
      case Kevent.EVFILT_VNODE -> vnode;
      case Kevent.EVFILT_PROC -> proc;
      case Kevent.EVFILT_SIGNAL -> signal;
      case Kevent.EVFILT_TIMER -> timer;
      case Kevent.EVFILT_USER -> user;
      default -> null;
    };
  }

  // ---- changes

  /** Does what an entry says; 0, or an errno. */
  int apply(Kevents list, int index) {
    Filter filter = filter(list.filterAt(index));
    if (filter == null) {
      return Errno.EINVAL;
    }
    int failed = filter.checkIdent(list.identAt(index));
    if (failed != 0) {
      return failed;
    }
    int both = Kevent.EV_ENABLE | Kevent.EV_DISABLE;
    if ((list.flagsAt(index) & both) == both) {
      return Errno.EINVAL;
    }
    Source source = sources.find(filter.number, list.identAt(index));
    if (source != null && source.file != null) {
      watches.readAll(); // it may be told that nobody has the file open any more
      source = sources.find(filter.number, list.identAt(index));
    }
    if (source != null && isGone(source, filter)) {
      forget(source, filter.number);
      source = null;
    }
    int flags = list.flagsAt(index);
    Knote note = source == null ? null : source.notes[filter.place];
    if (note != null && (flags & Kevent.EV_DELETE) != 0) {
      remove(note);
      return 0;
    }
    if (note == null && (flags & Kevent.EV_ADD) == 0) {
      return absent(filter, list.identAt(index));
    }
    boolean isTaken = (flags & Kevent.EV_ADD) != 0 || filter.takesAnyChange();
    failed =
        isTaken ? filter.check(list.identAt(index), list.fflagsAt(index), list.dataAt(index)) : 0;
    if (failed != 0) {
      return failed;
    }
    return note == null ? create(filter, list, index, source) : modify(note, list, index, isTaken);
  }

  /** Whether a descriptor of the program's was closed, or is another file's by now. */
  private boolean isGone(Source source, Filter filter) {
    if (source.isOwn || source.fd < 0) {
      return false;
    }
    return filter == vnode
        ? vnode.isGone(source)
        : source.file != null ? files.isGone(source) : instances.isGone(source);
  }

  /** What a change of a knote that is not there fails with. */
  private static int absent(Filter filter, long ident) {
    boolean isOfFd = filter.checkIdent(-1) == Errno.EBADF;
    return isOfFd && filter.open(new Source(ident), 0) == Errno.EBADF ? Errno.EBADF : Errno.ENOENT;
  }

  private int create(Filter filter, Kevents list, int index, @Nullable Source there) {
    int fflags = list.fflagsAt(index);
    Source source = there == null ? new Source(list.identAt(index)) : there;
    int failed = there == null ? filter.open(source, fflags) : 0;
    if (failed != 0) {
      return failed;
    }
    int flags = list.flagsAt(index);
    Knote note = new Knote(source.ident, filter, (flags & KEPT) | filter.flags(), source);
    if (there == null) {
      sources.put(filter.number, source);
    }
    source.notes[filter.place] = note;
    note.udata = list.udataAt(index);
    note.isEnabled = (flags & Kevent.EV_DISABLE) == 0;
    failed = filter.begin(note, true, fflags, list.dataAt(index));
    if (failed != 0) {
      remove(note);
    }
    return failed;
  }

  /** Changes one; if that fails it is as it was. */
  private int modify(Knote note, Kevents list, int index, boolean isTaken) {
    Filter filter = note.filter;
    boolean wasEnabled = note.isEnabled;
    boolean wasBelow = note.isBelow;
    int oldFlags = note.flags;
    int oldFflags = note.fflags;
    long oldData = note.data;
    long oldUdata = note.udata;
    int flags = list.flagsAt(index);
    if ((flags & Kevent.EV_DISABLE) != 0) {
      note.isEnabled = false;
    } else if ((flags & (Kevent.EV_ENABLE | Kevent.EV_ADD)) != 0) {
      note.isEnabled = true;
    }
    note.udata = list.udataAt(index);
    if (isTaken && filter == timer) { // periodic or once, as is said now
      note.flags = (flags & KEPT) | filter.flags();
    }
    int failed =
        isTaken
            ? filter.begin(note, false, list.fflagsAt(index), list.dataAt(index))
            : filter.toggle(note);
    if (failed != 0) {
      note.isEnabled = wasEnabled;
      note.isBelow = wasBelow;
      note.flags = oldFlags;
      note.fflags = oldFflags;
      note.data = oldData;
      note.udata = oldUdata;
      int _ = filter.toggle(note);
    }
    return failed;
  }

  /** Forgets it. */
  void remove(Knote note) {
    Source source = note.source;
    source.notes[note.filter.place] = null;
    note.filter.end(note);
    if (source.isUnused()) {
      sources.remove(note.filter.number, source);
    }
  }

  /** Triggers one of the program's, if it is there. */
  void trigger(long ident, long udata) {
    Source source = sources.find(Kevent.EVFILT_USER, ident);
    Knote note = source == null ? null : source.notes[0];
    if (note != null) {
      note.udata = udata;
      note.isTriggered = true;
      int _ = user.toggle(note);
    }
  }

  /** Its descriptor is not what it was: what stood on it is gone. */
  void forget(Source source, int filter) {
    if (source.isForgotten()) {
      return;
    }
    instances.lose(source); // first: what ends then has nothing to take out
    @Nullable Knote[] gone = source.notes.clone();
    Arrays.fill(source.notes, null);
    for (Knote note : gone) {
      if (note != null) {
        note.filter.end(note);
      }
    }
    sources.remove(filter, source);
  }

  /** Takes a descriptor that was made for a source; 0, or an errno if it was not. */
  int own(Source source, int fd) {
    if (fd < 0) {
      return -fd;
    }
    source.fd = fd;
    source.isOwn = true;
    instances.taken(fd);
    return 0;
  }

  /** Gives it back, if there is one; epoll forgets what nobody has open. */
  void disown(Source source) {
    if (source.fd >= 0) {
      int _ = sys.close(source.fd);
      instances.givenBack(source.fd);
    }
    source.fd = -1;
    source.level = 0;
  }

  // ---- events

  /** A wait begins. */
  void look(Kevents out) {
    out.round = ++rounds;
    files.look();
  }

  /** Gives out what epoll says of a source, as far as there is room. */
  void report(long token, int mask, long from, Kevents out) {
    Source source = sources.named(token);
    if (source == null) {
      instances.suspect();
      return;
    }
    boolean isHeard = false;
    int first = source.first;
    source.first = 0;
    for (int i = 0; i < Filter.PLACES; i++) {
      int place = (first + i) % Filter.PLACES;
      Knote note = source.notes[place];
      if (note == null || !isMeant(note, from)) {
        continue;
      }
      isHeard = true;
      if (out.isFull()) {
        source.first = place; // the next time
        break;
      }
      if (note.round != out.round) { // else it was told as one of edges, and is none any more
        note.filter.report(note, mask, out);
      }
    }
    if (!isHeard) { // something was thrown before the kernel was told
      int _ = instances.update(source);
      if (source.isUnused() && !source.isOwn) {
        instances.lose(source);
      }
    }
  }

  /** Who has waited has come back. */
  void heard(Kevents events) {
    if (instances.hasHeard(events)) {
      due.say();
    }
  }

  /** What speaks for nobody is lost, if there is such. */
  void rebuildIfLost(Kevents events, int others) {
    instances.rebuildIfLost(sources, events, others);
    due.say();
  }

  /** Whether what an instance says is of a knote: ends are said by all. */
  private static boolean isMeant(Knote note, long from) {
    boolean isOfEdges = Instances.isOfEdges(note);
    return note.isEnabled
        && from == (isOfEdges ? Instances.edges(note.filter.place) : Instances.LEVELS);
  }

  /** An event. */
  void give(Knote note, int more, int fflags, long data, Kevents out) {
    note.round = out.round;
    var _ = out.add(note.ident, note.filter.number, note.flags | more, fflags, data, note.udata);
    if (note.is(Kevent.EV_ONESHOT)) {
      remove(note);
    } else if (note.is(Kevent.EV_DISPATCH)) {
      note.isEnabled = false;
      int _ = note.filter.toggle(note);
    }
  }

  /** All of them. */
  List<KnoteView> views() {
    List<KnoteView> views = new ArrayList<>();
    for (int i = 0; i < sources.end(); i++) {
      Source source = sources.at(i);
      for (int place = 0; source != null && place < Filter.PLACES; place++) {
        Knote note = source.notes[place];
        if (note != null) {
          views.add(
              new KnoteView(
                  note.ident,
                  note.filter.number,
                  note.flags,
                  note.fflags,
                  note.data,
                  note.udata,
                  note.isEnabled));
        }
      }
    }
    return views;
  }

  /** Gives all descriptors back; goes on where it has failed before. */
  void close() {
    for (int i = 0; i < sources.end(); i++) {
      Source source = sources.at(i);
      if (source != null && source.isOwn) {
        disown(source);
      }
    }
    instances.close();
  }
}
