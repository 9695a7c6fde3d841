package dev.pollux.inspect;

import dev.pollux.sys.Sys;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a piece of work leaves behind in this process: orphans, one-shots that nobody armed again,
 * and descriptors that nobody closed. What was there before does not count.
 *
 * <pre>{@code
 * Leftovers leftovers = Leftovers.before(sys);
 * work();
 * List<Finding> left = leftovers.now(); // empty if it cleaned up
 * }</pre>
 *
 * <p>Whatever else the process does meanwhile counts too, so one piece of work is looked at a time.
 *
 * <p>Threads: any, one at a time. Blocking: reads files of {@code /proc}.
 */
public final class Leftovers {

  private static final Set<FileKind> LEAKS =
      Set.of(
          FileKind.SOCKET,
          FileKind.PIPE,
          FileKind.EPOLL,
          FileKind.EVENTFD,
          FileKind.TIMERFD,
          FileKind.SIGNALFD,
          FileKind.INOTIFY,
          FileKind.PIDFD);

  /** An open file by its number, which may be another's later. */
  private record Open(int fd, String name) {}

  /** An item that was there before. */
  private record Known(int epfd, int fd, long inode) {}

  private final Sys sys;
  private final Set<Open> open = new HashSet<>();
  private final Set<Known> orphans = new HashSet<>();
  private final Set<Known> fired = new HashSet<>();

  private Leftovers(Sys sys) {
    this.sys = sys;
  }

  /**
   * Remembers what is there now.
   *
   * @throws InspectException where there is no {@code /proc}
   */
  public static Leftovers before(Sys sys) throws InspectException {
    Leftovers leftovers = new Leftovers(sys);
    ProcessView view = leftovers.look();
    for (Descriptor each : view.all()) {
      leftovers.open.add(new Open(each.fd(), each.name()));
    }
    for (EpollSet set : view.epolls()) {
      for (EpollItem item : set.items()) {
        Known known = new Known(set.fd(), item.fd(), item.inode());
        if (view.target(item) == null) {
          leftovers.orphans.add(known);
        }
        if (item.hasFired()) {
          leftovers.fired.add(known);
        }
      }
    }
    return leftovers;
  }

  private ProcessView look() throws InspectException {
    long pid = ProcessHandle.current().pid();
    try (Inspector inspector = Inspector.open(sys, pid, InspectOptions.DEFAULT)) {
      return inspector.look();
    }
  }

  /** What is left now that was not there before; a work that ends in the background may be late. */
  public List<Finding> now() throws InspectException {
    ProcessView view = look();
    List<Finding> found = new ArrayList<>();
    for (EpollSet set : view.epolls()) {
      for (EpollItem item : set.items()) {
        Known known = new Known(set.fd(), item.fd(), item.inode());
        if (view.target(item) == null && !orphans.contains(known)) {
          found.add(item(Disease.ORPHAN, set, item, "its descriptor was closed"));
        } else if (item.hasFired() && !fired.contains(known)) {
          found.add(item(Disease.ONESHOT_NOT_ARMED, set, item, "it has fired"));
        }
      }
    }
    for (Descriptor each : view.all()) {
      if (LEAKS.contains(each.kind()) && !open.contains(new Open(each.fd(), each.name()))) {
        found.add(
            new Finding(
                Disease.FORGOTTEN,
                Confidence.LIKELY,
                "fd " + each.fd(),
                List.of(each.fd()),
                List.of("fd " + each.fd() + " (" + each.text() + ") was not closed")));
      }
    }
    return found;
  }

  private static Finding item(Disease disease, EpollSet set, EpollItem item, String why) {
    String subject = "fd " + item.fd() + " in epoll " + set.fd();
    return new Finding(
        disease,
        disease == Disease.ORPHAN ? Confidence.CERTAIN : Confidence.LIKELY,
        subject,
        List.of(item.fd()),
        List.of(subject + " for " + item.text() + ": " + why));
  }
}
