package dev.pollux.kqueue;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The epoll instances of a queue, and what else it watches for itself: which of them a source is an
 * item of follows from its knotes. Calls answer 0 or an errno. Under the queue's lock.
 */
final class Instances {

  /** Stands for the eventfd; above it up to -1 are the instances of edges, by place. */
  static final long WORD = -4;

  /** Stands for the inotify instance. */
  static final long WATCHES = -5;

  /** Stands for the timer of {@link Ticks}. */
  static final long TICKS = -6;

  /** Stands for the first instance. */
  static final long LEVELS = -7;

  private static final int OWN = 7; // and one that is never used
  private static final int[] MASKS = { // by place
    Linux.EPOLLIN | Linux.EPOLLRDHUP, Linux.EPOLLOUT, Linux.EPOLLPRI
  };

  /** Of what is off, so that the kernel says when the descriptor is not what it was. */
  private static final int PARKED = Linux.EPOLLET;

  private static final int FIRST_PATIENCE = 2; // one may come of a race
  private static final int MOST_PATIENCE = 1 << 20; // 1,048,576

  final int outer;
  private final Sys sys;
  private final EpollEvents one = EpollEvents.allocate(1);
  private final IoBuffer eight = IoBuffer.allocate(Long.BYTES);
  private final int[] own = new int[OWN]; // by what stands for them, without the sign
  private int wordEnd = -1; // where the word is said, if that is not where it is heard
  private final BitSet ownNumbers = new BitSet(); // of all that the queue has open
  private boolean isSaid;
  private boolean isClosed;
  private boolean mayHaveLost; // an item of the first instance, that cannot be taken out
  private boolean isSuspected; // of being there
  private int suspects; // events of it
  private int patience = FIRST_PATIENCE; // with them
  private int epoch; // how often the first instance was made anew
  private int owed; // waiters that are still on an old one

  Instances(Sys sys) throws SysException {
    this.sys = sys;
    Arrays.fill(own, -1);
    var _ = eight.buffer().order(ByteOrder.nativeOrder());
    this.outer = SysException.check("epoll_create1", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    boolean isOpen = false;
    try {
      openWord();
      isOpen = true;
    } finally {
      if (!isOpen) {
        close();
      }
    }
  }

  /** An eventfd, or a pipe where that is forbidden. */
  private void openWord() throws SysException {
    int made = sys.eventfd(0, Linux.EFD_CLOEXEC | Linux.EFD_NONBLOCK);
    if (made == -Errno.ENOSYS || made == -Errno.EPERM) {
      int[] pipe = Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
      made = pipe[0];
      wordEnd = pipe[1];
    }
    int failed = made < 0 ? -made : adopt(WORD, made);
    if (failed != 0) {
      throw SysException.of("eventfd", -failed);
    }
  }

  private int control(int epfd, int op, int fd, int mask, long token) {
    one.set(0, mask, token);
    return sys.epollCtl(epfd, op, fd, one.address());
  }

  /** The queue's own descriptor that a token stands for; -1 if there is none. */
  int own(long token) {
    return own[(int) -token];
  }

  /** Watches a descriptor of the queue's own from now on; closed if that fails. */
  int adopt(long token, int fd) {
    boolean isAdded = false;
    try {
      int result = control(outer, Linux.EPOLL_CTL_ADD, fd, Linux.EPOLLIN, token);
      isAdded = result >= 0;
      own[(int) -token] = isAdded ? fd : -1;
      ownNumbers.set(fd, isAdded);
      return Math.max(0, -result);
    } finally {
      if (!isAdded) {
        int _ = sys.close(fd);
      }
    }
  }

  /** A number is the queue's: what was known of it before is gone. */
  void taken(int fd) {
    ownNumbers.set(fd);
  }

  /** It is not any more. */
  void givenBack(int fd) {
    ownNumbers.clear(fd);
  }

  // ---- items

  /** Stands for the instance of edges of a place. */
  static long edges(int place) {
    return -1L - place;
  }

  /** Makes it an item of what its knotes need; 0, or an errno, and then nothing is as it was. */
  int update(Source source) {
    int level = 0;
    boolean isWatched = false;
    for (int place = 0; place < Filter.PLACES; place++) {
      Knote note = source.notes[place];
      boolean isOn = note != null && note.isEnabled;
      boolean isEdge = isOn && isOfEdges(note);
      int failed = setEdge(source, place, isEdge);
      if (failed != 0) {
        return failed;
      }
      isWatched |= isEdge;
      level |= isOn && !isEdge ? MASKS[place] : 0;
    }
    if (level == 0 && !isWatched && !source.isOwn && !source.isUnused()) {
      level = PARKED;
    }
    return level == source.level ? 0 : setLevel(source, level);
  }

  /** A timer says how often it has expired, and is quiet then: a level does. */
  static boolean isOfEdges(Knote note) {
    return !note.source.isOwn && (note.is(Kevent.EV_CLEAR) || note.isBelow);
  }

  private int setLevel(Source source, int mask) {
    int op =
        source.level == 0
            ? Linux.EPOLL_CTL_ADD
            : mask == 0 ? Linux.EPOLL_CTL_DEL : Linux.EPOLL_CTL_MOD;
    int result = control(outer, op, source.fd, mask, source.token());
    if (result == -Errno.EEXIST) { // left by one that was closed while a duplicate lives
      result = control(outer, Linux.EPOLL_CTL_MOD, source.fd, mask, source.token());
    }
    if (result < 0 && op != Linux.EPOLL_CTL_DEL) {
      return -result;
    }
    mayHaveLost |= result < 0;
    source.level = mask;
    return 0;
  }

  private int setEdge(Source source, int place, boolean isWanted) {
    if (source.hasEdge[place] == isWanted) {
      return 0;
    }
    int failed = isWanted ? addEdge(source, place) : removeEdge(source, place);
    if (failed == 0) {
      source.hasEdge[place] = isWanted;
    }
    return failed;
  }

  private int addEdge(Source source, int place) {
    long edges = edges(place);
    if (own(edges) < 0) {
      int made = sys.epollCreate1(Linux.EPOLL_CLOEXEC);
      int failed = made < 0 ? -made : adopt(edges, made);
      if (failed != 0) {
        return failed;
      }
    }
    int mask = MASKS[place] | Linux.EPOLLET;
    int result = control(own(edges), Linux.EPOLL_CTL_ADD, source.fd, mask, source.token());
    if (result == -Errno.EEXIST) {
      result = control(own(edges), Linux.EPOLL_CTL_MOD, source.fd, mask, source.token());
    }
    return Math.max(0, -result);
  }

  private int removeEdge(Source source, int place) {
    int _ = control(own(edges(place)), Linux.EPOLL_CTL_DEL, source.fd, 0, source.token());
    return 0;
  }

  /** Has a knote of edges report what is so now, if it is; 0 or {@code -errno}. */
  int lookAgain(Knote note) {
    int place = note.filter.place;
    Source source = note.source;
    if (source.hasEdge[place]) {
      int mask = MASKS[place] | Linux.EPOLLET;
      return control(own(edges(place)), Linux.EPOLL_CTL_MOD, source.fd, mask, source.token());
    }
    return 0;
  }

  // ---- what was closed

  /**
   * Whether the descriptor was closed, or is another file's by now: the kernel has forgotten it.
   * Asked by adding it again, which changes nothing where it is there.
   */
  boolean isGone(Source source) {
    if (ownNumbers.get(source.fd)) {
      return true; // the queue's, by now
    }
    int epfd = outer;
    for (int place = 0; source.level == 0 && place < Filter.PLACES; place++) {
      epfd = source.hasEdge[place] ? own(edges(place)) : epfd;
    }
    int result = control(epfd, Linux.EPOLL_CTL_ADD, source.fd, 0, source.token());
    if (result == 0) {
      int _ = control(epfd, Linux.EPOLL_CTL_DEL, source.fd, 0, source.token());
    }
    return result != -Errno.EEXIST; // which is looked for before anything can be short
  }

  /**
   * It was closed: takes it out of all, where it still is. An item of it may live on, with a
   * duplicate, and speak for nobody.
   */
  void lose(Source source) {
    mayHaveLost |= source.level != 0;
    if (ownNumbers.get(source.fd)) { // what could be taken out is the queue's
      source.level = 0;
      Arrays.fill(source.hasEdge, false);
      return;
    }
    if (source.level != 0) {
      int _ = setLevel(source, 0);
    }
    for (int place = 0; place < Filter.PLACES; place++) {
      int _ = setEdge(source, place, false);
    }
  }

  /** Somebody is about to wait, on this instance. */
  void enter(Kevents events) {
    events.epoch = epoch;
  }

  /** Who has waited has come back; whether that was from an instance that is no more. */
  boolean hasHeard(Kevents events) {
    boolean isNews = events.epoch != epoch;
    events.epoch = epoch;
    owed -= isNews && owed > 0 ? 1 : 0;
    return isNews;
  }

  /** Something spoke that nobody has. */
  void suspect() {
    isSuspected = mayHaveLost && ++suspects >= patience;
  }

  /**
   * Makes the first instance anew, under its number, without what speaks for nobody, if there may
   * be such: the others who wait on the old one are woken, each by the word, which is said until
   * all have heard it. Whoever watches the queue does not hear of it any more, which is said of it.
   */
  void rebuildIfLost(Sources sources, Kevents events, int others) {
    if (!isSuspected) {
      return;
    }
    isSuspected = false;
    suspects = 0;
    patience = Math.min(2 * patience, MOST_PATIENCE); // each that fails costs a call for each item
    int made = sys.epollCreate1(Linux.EPOLL_CLOEXEC);
    if (made < 0) {
      return;
    }
    try {
      if (copy(sources, made) && replace(made)) {
        mayHaveLost = false;
        patience = FIRST_PATIENCE;
        epoch++;
        events.epoch = epoch;
        owed = others;
      }
    } finally {
      int _ = sys.close(made);
    }
  }

  private boolean replace(int made) {
    int result;
    do {
      result = sys.dup3(made, outer, Linux.O_CLOEXEC);
    } while (result == -Errno.EINTR || result == -Errno.EBUSY);
    return result >= 0;
  }

  /** Has another instance watch what the first one does, except for what was closed. */
  private boolean copy(Sources sources, int made) {
    for (int i = 0; i < OWN; i++) {
      if (own[i] >= 0 && control(made, Linux.EPOLL_CTL_ADD, own[i], Linux.EPOLLIN, -i) < 0) {
        return false;
      }
    }
    for (int i = 0; i < sources.end(); i++) {
      Source source = sources.at(i);
      if (source != null && source.level != 0 && (source.isOwn || !isGone(source))) {
        long token = source.token();
        int result = control(made, Linux.EPOLL_CTL_ADD, source.fd, source.level, token);
        if (result < 0 && result != -Errno.EBADF) {
          return false;
        }
      }
    }
    return true;
  }

  // ---- the word

  /** Has the queue readable, or not, on account of what has no descriptor. */
  void say(boolean isOfNotes) {
    boolean isDue = isOfNotes || owed > 0;
    if (isDue && !isSaid) {
      var _ = eight.buffer().clear().putLong(0, 1);
      int _ = eight.write(sys, wordEnd >= 0 ? wordEnd : own(WORD));
    } else if (!isDue && isSaid) {
      var _ = eight.buffer().clear();
      int _ = eight.read(sys, own(WORD));
    }
    isSaid = isDue;
  }

  /** Goes on where it has failed before, and touches nothing that is closed. */
  void close() {
    for (int i = 0; i < OWN; i++) {
      if (own[i] >= 0) {
        int _ = sys.close(own[i]);
        own[i] = -1;
      }
    }
    if (wordEnd >= 0) {
      int _ = sys.close(wordEnd);
      wordEnd = -1;
    }
    if (!isClosed) {
      int _ = sys.close(outer);
      isClosed = true;
    }
  }
}
