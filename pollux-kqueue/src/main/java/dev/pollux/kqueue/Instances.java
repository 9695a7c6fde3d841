package dev.pollux.kqueue;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteOrder;
import java.util.Arrays;

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

  final int outer;
  private final Sys sys;
  private final EpollEvents one = EpollEvents.allocate(1);
  private final IoBuffer eight = IoBuffer.allocate(Long.BYTES);
  private final int[] own = new int[OWN]; // by what stands for them, without the sign
  private boolean isSaid;
  private boolean mayHaveLost; // an item of the first instance, that cannot be taken out

  Instances(Sys sys) throws SysException {
    this.sys = sys;
    Arrays.fill(own, -1);
    var _ = eight.buffer().order(ByteOrder.nativeOrder());
    this.outer = SysException.check("epoll_create1", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    int made = sys.eventfd(0, Linux.EFD_CLOEXEC | Linux.EFD_NONBLOCK);
    int failed = made < 0 ? -made : adopt(WORD, made);
    if (failed != 0) {
      close();
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
    int result = control(outer, Linux.EPOLL_CTL_ADD, fd, Linux.EPOLLIN, token);
    if (result < 0) {
      int _ = sys.close(fd);
      return -result;
    }
    own[(int) -token] = fd;
    return 0;
  }

  // ---- items

  /** Stands for the instance of edges of a place. */
  static long edges(int place) {
    return -1 - place;
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
    return Math.max(0, -result);
  }

  private int removeEdge(Source source, int place) {
    int _ = control(own(edges(place)), Linux.EPOLL_CTL_DEL, source.fd, 0, source.token());
    return 0;
  }

  /** Has a knote of edges report what is so now, if it is. */
  void lookAgain(Knote note) {
    int place = note.filter.place;
    Source source = note.source;
    if (source.hasEdge[place]) {
      int mask = MASKS[place] | Linux.EPOLLET;
      int _ = control(own(edges(place)), Linux.EPOLL_CTL_MOD, source.fd, mask, source.token());
    }
  }

  // ---- what was closed

  /**
   * Whether the descriptor was closed, or is another file's by now: the kernel has forgotten it.
   * Asked by adding it again, which changes nothing where it is there.
   */
  boolean isGone(Source source) {
    int epfd = outer;
    for (int place = 0; source.level == 0 && place < Filter.PLACES; place++) {
      epfd = source.hasEdge[place] ? own(edges(place)) : epfd;
    }
    int result = control(epfd, Linux.EPOLL_CTL_ADD, source.fd, 0, source.token());
    if (result == 0) {
      int _ = control(epfd, Linux.EPOLL_CTL_DEL, source.fd, 0, source.token());
    }
    return result != -Errno.EEXIST;
  }

  /**
   * It was closed: takes it out of all, where it still is. An item of it may live on, with a
   * duplicate, and speak for nobody.
   */
  void lose(Source source) {
    if (source.level != 0) {
      int _ = setLevel(source, 0);
      mayHaveLost = true;
    }
    for (int place = 0; place < Filter.PLACES; place++) {
      int _ = setEdge(source, place, false);
    }
  }

  /**
   * Makes the first instance anew, under its number, without what speaks for nobody. Whoever
   * watches the queue does not hear of it any more, which is said of it.
   */
  void rebuildIfLost(Sources sources) {
    int made = mayHaveLost ? sys.epollCreate1(Linux.EPOLL_CLOEXEC) : -1;
    if (made < 0) {
      return;
    }
    int result = 0;
    for (int i = 0; i < OWN && result >= 0; i++) {
      result = own[i] < 0 ? 0 : control(made, Linux.EPOLL_CTL_ADD, own[i], Linux.EPOLLIN, -i);
    }
    for (Source source : sources.all()) {
      if (source != null && source.level != 0 && result >= 0) {
        int added =
            control(made, Linux.EPOLL_CTL_ADD, source.fd, source.level, source.token());
        result = added == -Errno.EBADF ? 0 : added; // closed as well, and not found out yet
      }
    }
    if (result >= 0) {
      result = sys.dup3(made, outer, Linux.O_CLOEXEC);
      mayHaveLost = result < 0;
    }
    int _ = sys.close(made);
  }

  // ---- the word

  /** Has the queue readable, or not, on account of what has no descriptor. */
  void say(boolean isDue) {
    if (isDue && !isSaid) {
      var _ = eight.buffer().clear().putLong(0, 1);
      int _ = eight.write(sys, own(WORD));
    } else if (!isDue && isSaid) {
      var _ = eight.buffer().clear();
      int _ = eight.read(sys, own(WORD));
    }
    isSaid = isDue;
  }

  void close() {
    for (int fd : own) {
      if (fd >= 0) {
        int _ = sys.close(fd);
      }
    }
    int _ = sys.close(outer);
  }
}
