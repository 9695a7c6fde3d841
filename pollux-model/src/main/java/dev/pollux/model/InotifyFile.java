package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An inotify instance: watches, and a queue of what happened to what they watch.
 *
 * <p>An event that equals the one before it in the queue is dropped, and makes no edge.
 *
 * <p>Source: fs/notify/inotify.
 */
final class InotifyFile implements File {

  /** What can be asked for, and happens to a file. */
  static final int EVENTS = Linux.IN_ALL_EVENTS;

  private static final int OPTIONS =
      Linux.IN_ONLYDIR
          | Linux.IN_DONT_FOLLOW
          | Linux.IN_EXCL_UNLINK
          | Linux.IN_MASK_CREATE
          | Linux.IN_MASK_ADD
          | Linux.IN_ISDIR
          | Linux.IN_ONESHOT;

  /** What is understood in the mask of a watch, some of which is only ever told. */
  static final int KNOWN =
      EVENTS | OPTIONS | Linux.IN_UNMOUNT | Linux.IN_Q_OVERFLOW | Linux.IN_IGNORED;

  private static final int READABLE = Linux.EPOLLIN | Linux.EPOLLRDNORM;

  static final int MAX_QUEUED_EVENTS = 16_384; // fs.inotify.max_queued_events
  private static final int MAX_USER_WATCHES = 65_536; // fs.inotify.max_user_watches
  static final int MAX_USER_INSTANCES = 128; // fs.inotify.max_user_instances

  private final Kernel kernel;
  private final WaitQueue queue = new WaitQueue();
  private final TreeMap<Integer, InotifyWatch> watches = new TreeMap<>();
  private final ArrayDeque<Happening> events = new ArrayDeque<>();
  private int lastNumber;
  private int queuedBytes;

  /** The event of an overflow is in the queue: it takes one. */
  private boolean overflowQueued;

  /** One event in the queue. */
  private record Happening(int watch, int mask, int cookie, String name) {

    /** A name ends with a NUL, and is filled up with them so that the next event is aligned. */
    int sizeBytes() {
      int step = Linux.SIZEOF_INOTIFY_EVENT;
      return step + (name.isEmpty() ? 0 : Math.ceilDiv(name.length() + 1, step) * step);
    }

    boolean repeats(@Nullable Happening last) {
      return last != null
          && last.watch == watch
          && last.mask == mask
          && (mask & Linux.IN_IGNORED) == 0
          && last.name.equals(name);
    }

    byte[] encoded() {
      byte[] bytes = new byte[sizeBytes()];
      Bytes.putInt(bytes, Offsets.INOTIFY_EVENT__WD, watch);
      Bytes.putInt(bytes, Offsets.INOTIFY_EVENT__MASK, mask);
      Bytes.putInt(bytes, Offsets.INOTIFY_EVENT__COOKIE, cookie);
      Bytes.putInt(bytes, Offsets.INOTIFY_EVENT__LEN, bytes.length - Offsets.INOTIFY_EVENT__NAME);
      byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
      System.arraycopy(text, 0, bytes, Offsets.INOTIFY_EVENT__NAME, text.length);
      return bytes;
    }
  }

  InotifyFile(Kernel kernel) {
    this.kernel = kernel;
    kernel.inotifyInstances++;
  }

  @Override
  public String kind() {
    return "inotify";
  }

  @Override
  public int poll() {
    return events.isEmpty() ? 0 : READABLE;
  }

  @Override
  public WaitQueue queue() {
    return queue;
  }

  /** Watches a file; one that is watched already keeps its number. */
  int watch(FileNode node, int mask) {
    for (InotifyWatch watch : node.watches) {
      if (watch.instance == this) {
        if ((mask & Linux.IN_MASK_CREATE) != 0) {
          return -Errno.EEXIST;
        }
        watch.mask = (mask & Linux.IN_MASK_ADD) == 0 ? mask : watch.mask | mask;
        return watch.number;
      }
    }
    if (kernel.inotifyWatches >= MAX_USER_WATCHES) {
      return -Errno.ENOSPC;
    }
    InotifyWatch watch = new InotifyWatch(this, ++lastNumber, node, mask);
    watches.put(watch.number, watch);
    node.watches.add(watch);
    kernel.inotifyWatches++;
    return watch.number;
  }

  int unwatch(int number) {
    InotifyWatch watch = watches.get(number);
    if (watch == null) {
      return -Errno.EINVAL;
    }
    ignore(watch);
    return 0;
  }

  /** Ends a watch, and says so. */
  void ignore(InotifyWatch watch) {
    forget(watch);
    enqueue(new Happening(watch.number, Linux.IN_IGNORED, 0, ""));
  }

  private void forget(InotifyWatch watch) {
    watches.remove(watch.number);
    watch.node.watches.remove(watch);
    kernel.inotifyWatches--;
  }

  /** Something happened that a watch asked for. */
  void add(InotifyWatch watch, int mask, String name, int cookie) {
    enqueue(new Happening(watch.number, mask, cookie, name));
    if (watch.has(Linux.IN_ONESHOT)) {
      ignore(watch);
    }
  }

  private void enqueue(Happening event) {
    boolean isFull = events.size() >= MAX_QUEUED_EVENTS;
    if (isFull ? overflowQueued : event.repeats(events.peekLast())) {
      return; // one in the queue says so
    }
    overflowQueued |= isFull;
    Happening told = isFull ? new Happening(-1, Linux.IN_Q_OVERFLOW, 0, "") : event;
    events.add(told);
    queuedBytes += told.sizeBytes();
    queue.wake(0);
  }

  @Override
  public boolean readsByRange() {
    return true;
  }

  /** As many events as fit. */
  @Override
  public int read(Span to) {
    if (events.isEmpty()) {
      return -Errno.EAGAIN;
    }
    int total = 0;
    Happening next = events.peek();
    while (next != null && next.sizeBytes() <= to.remaining()) {
      events.remove();
      overflowQueued &= next.mask() != Linux.IN_Q_OVERFLOW;
      queuedBytes -= next.sizeBytes();
      total += to.put(next.encoded(), 0, next.sizeBytes());
      next = events.peek();
    }
    return total == 0 ? -Errno.EINVAL : total;
  }

  @Override
  public int write(Span from) {
    return -Errno.EBADF; // it is opened for reading
  }

  @Override
  public int available() {
    return queuedBytes;
  }

  @Override
  public void released() {
    for (InotifyWatch watch : List.copyOf(watches.values())) {
      forget(watch);
    }
    kernel.inotifyInstances--;
  }
}
