package dev.pollux.kqueue;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The epoll instances of a queue, and the eventfd that wakes it: which of them a source is an item
 * of follows from its knotes. Calls answer 0 or an errno. Under the queue's lock.
 */
final class Instances {

  /** Stands for the first one. */
  static final long LEVELS = -4;

  /** Stands for the instance of edges of reading. */
  static final long READ_EDGES = -1;

  /** Stands for that of writing. */
  static final long WRITE_EDGES = -2;

  /** Stands for the eventfd. */
  static final long WORD = -3;

  private static final int READ_MASK = Linux.EPOLLIN | Linux.EPOLLRDHUP;
  private static final int WRITE_MASK = Linux.EPOLLOUT;

  final int outer;
  private final Sys sys;
  private final EpollEvents one = EpollEvents.allocate(1);
  private final IoBuffer eight = IoBuffer.allocate(Long.BYTES);
  private int readEdges = -1;
  private int writeEdges = -1;
  private final int word;
  private boolean isSaid;

  Instances(Sys sys) throws SysException {
    this.sys = sys;
    var _ = eight.buffer().order(ByteOrder.nativeOrder());
    this.outer = SysException.check("epoll_create1", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    int made = sys.eventfd(0, Linux.EFD_CLOEXEC | Linux.EFD_NONBLOCK);
    int failed = made < 0 ? made : control(outer, Linux.EPOLL_CTL_ADD, made, Linux.EPOLLIN, WORD);
    this.word = made;
    if (failed < 0) {
      close();
      throw SysException.of("eventfd", failed);
    }
  }

  private int control(int epfd, int op, int fd, int mask, long token) {
    one.set(0, mask, token);
    return sys.epollCtl(epfd, op, fd, one.address());
  }

  /** The instance of edges that a token stands for; -1 if it stands for none. */
  int edges(long token) {
    return token == READ_EDGES ? readEdges : token == WRITE_EDGES ? writeEdges : -1;
  }

  // ---- items

  /** Makes it an item of what its knotes need; 0, or an errno, and then nothing is as it was. */
  int update(Source source) {
    Knote read = source.read;
    Knote write = source.write;
    int level = mask(read, READ_MASK) | mask(write, WRITE_MASK);
    int failed = level == source.level ? 0 : setLevel(source, level);
    if (failed == 0) {
      failed = setEdge(source, true, wantsEdge(read));
    }
    return failed == 0 ? setEdge(source, false, wantsEdge(write)) : failed;
  }

  private static int mask(@Nullable Knote note, int mask) {
    return note != null && note.isEnabled && !isOfEdges(note) ? mask : 0;
  }

  private static boolean wantsEdge(@Nullable Knote note) {
    return note != null && note.isEnabled && isOfEdges(note);
  }

  /** A timer says how often it has expired, and is quiet then: a level does. */
  static boolean isOfEdges(Knote note) {
    boolean isOfData = note.filter != Kevent.EVFILT_TIMER;
    return isOfData && (note.is(Kevent.EV_CLEAR) || note.isBelow);
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
    source.level = mask;
    return 0;
  }

  private int setEdge(Source source, boolean isRead, boolean isWanted) {
    boolean isThere = isRead ? source.hasReadEdge : source.hasWriteEdge;
    if (isThere == isWanted) {
      return 0;
    }
    int failed = isWanted ? addEdge(source, isRead) : removeEdge(source, isRead);
    if (failed == 0 && isRead) {
      source.hasReadEdge = isWanted;
    } else if (failed == 0) {
      source.hasWriteEdge = isWanted;
    }
    return failed;
  }

  private int addEdge(Source source, boolean isRead) {
    int failed = isRead ? openReadEdges() : openWriteEdges();
    if (failed != 0) {
      return failed;
    }
    int epfd = isRead ? readEdges : writeEdges;
    int mask = (isRead ? READ_MASK : WRITE_MASK) | Linux.EPOLLET;
    int result = control(epfd, Linux.EPOLL_CTL_ADD, source.fd, mask, source.token());
    return Math.max(0, -result);
  }

  private int removeEdge(Source source, boolean isRead) {
    int _ =
        control(isRead ? readEdges : writeEdges, Linux.EPOLL_CTL_DEL, source.fd, 0, source.token());
    return 0;
  }

  private int openReadEdges() {
    if (readEdges < 0) {
      readEdges = openEdges(READ_EDGES);
    }
    return Math.max(0, -readEdges);
  }

  private int openWriteEdges() {
    if (writeEdges < 0) {
      writeEdges = openEdges(WRITE_EDGES);
    }
    return Math.max(0, -writeEdges);
  }

  /** An instance that the first one watches; or {@code -errno}. */
  private int openEdges(long token) {
    int made = sys.epollCreate1(Linux.EPOLL_CLOEXEC);
    if (made < 0) {
      return made;
    }
    int result = control(outer, Linux.EPOLL_CTL_ADD, made, Linux.EPOLLIN, token);
    if (result < 0) {
      int _ = sys.close(made);
      return result;
    }
    return made;
  }

  /** Has a knote of edges report what is so now, if it is. */
  void lookAgain(Knote note) {
    Source source = note.source;
    boolean isRead = note.filter == Kevent.EVFILT_READ;
    if (wantsEdge(note) && (isRead ? source.hasReadEdge : source.hasWriteEdge)) {
      int mask = (isRead ? READ_MASK : WRITE_MASK) | Linux.EPOLLET;
      int epfd = isRead ? readEdges : writeEdges;
      int _ = control(epfd, Linux.EPOLL_CTL_MOD, source.fd, mask, source.token());
    }
  }

  /**
   * Whether the descriptor was closed, or is another file's by now: the kernel has forgotten it.
   * Asked by adding it again, which changes nothing where it is there.
   */
  boolean isGone(Source source) {
    int epfd = source.level != 0 ? outer : source.hasReadEdge ? readEdges : writeEdges;
    boolean isItem = source.level != 0 || source.hasReadEdge || source.hasWriteEdge;
    if (!isItem) {
      return false; // nobody knows
    }
    int result = control(epfd, Linux.EPOLL_CTL_ADD, source.fd, 0, source.token());
    if (result == 0) {
      int _ = control(epfd, Linux.EPOLL_CTL_DEL, source.fd, 0, source.token());
    }
    return result != -Errno.EEXIST;
  }

  /** Takes it out of all, where it still is. */
  void drop(Source source) {
    if (source.level != 0) {
      int _ = setLevel(source, 0);
    }
    int _ = setEdge(source, true, false);
    int _ = setEdge(source, false, false);
  }

  // ---- the word

  /** Has the queue readable, or not, on account of what has no descriptor. */
  void say(boolean isDue) {
    if (isDue && !isSaid) {
      var _ = eight.buffer().clear().putLong(0, 1);
      int _ = eight.write(sys, word);
    } else if (!isDue && isSaid) {
      var _ = eight.buffer().clear();
      int _ = eight.read(sys, word);
    }
    isSaid = isDue;
  }

  void close() {
    for (int fd : new int[] {word, readEdges, writeEdges, outer}) {
      if (fd >= 0) {
        int _ = sys.close(fd);
      }
    }
  }
}
