package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Holders.Holder;
import dev.pollux.inspect.proc.Instances;
import dev.pollux.inspect.rules.Looks.Lasting;
import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Items are ready, nobody waits on their instance, and no thread spins: the loop is elsewhere.
 *
 * <p>Which thread that is, is known if it was seen in a wait of that instance before, and guessed
 * if only one is held up.
 */
final class BlockedLoop implements Rule {

  private final Holders holders;
  private final Instances instances;
  private final KnownWaits waits;

  BlockedLoop(Holders holders, Instances instances, KnownWaits waits) {
    this.holders = holders;
    this.instances = instances;
    this.waits = waits;
  }

  @Override
  public void find(Looks looks, List<Finding> found) {
    boolean isSpinning = looks.hot().stream().anyMatch(looks::makesCalls);
    if (isSpinning || looks.last().isStopped()) {
      return;
    }
    for (EpollSet set : looks.last().epolls()) {
      if (!set.items().isEmpty() && looks.isNobodyOn(set.fd())) {
        Lasting ready = ready(looks, set);
        boolean isReady = looks.isSomethingReady(set);
        if (isReady || (ready != null && !looks.isNothingReady(set))) {
          found.add(finding(looks, set, ready));
        }
      }
    }
  }

  /** An item with input that nobody has taken since the first look. */
  private static @Nullable Lasting ready(Looks looks, EpollSet set) {
    for (Lasting each : looks.items()) {
      Descriptor target = each.target();
      if (each.set().fd() == set.fd()
          && target != null
          && each.item().wants(Linux.EPOLLIN)
          && !each.item().isEdge()
          && looks.socketAlways(target, socket -> socket.unread() > 0)
          && looks.neverLess(target, SocketState::unread)) {
        return each;
      }
    }
    return null;
  }

  private Finding finding(Looks looks, EpollSet set, @Nullable Lasting ready) {
    ProcessThread known = known(looks, set);
    List<ProcessThread> suspects = suspects(looks, known);
    List<Holder> sharers = instances.sharers(holders, looks.last().pid(), set.fd(), set.items());
    List<String> evidence = new ArrayList<>();
    evidence.add(
        ready == null
            ? "the ready list of epoll " + set.fd() + " has something in each look"
            : ready.fact());
    evidence.add("nobody waits on epoll " + set.fd());
    if (known != null) {
      evidence.add(Threads.name(known) + " was seen to wait there before");
    }
    for (ProcessThread thread : suspects) {
      String how = looks.isHeld(thread) ? " is " : " moves, and was last ";
      evidence.add(Threads.name(thread) + how + Threads.where(thread));
    }
    if (!sharers.isEmpty()) {
      String first = sharers.getFirst().text();
      evidence.add("but " + first + " is, or may be, the same instance: it may wait there");
    }
    evidence.add(looks.span());
    int fd = ready == null ? set.fd() : ready.item().fd();
    boolean isLikely = sharers.isEmpty() && isLikely(looks, known, suspects);
    return new Finding(
        Disease.BLOCKED_LOOP,
        isLikely ? Confidence.LIKELY : Confidence.POSSIBLE,
        suspects.size() == 1 ? Threads.name(suspects.getFirst()) : "epoll " + set.fd(),
        Stream.of(set.fd(), fd).distinct().sorted().toList(),
        evidence);
  }

  /** The thread that waited there, if it still is. */
  private @Nullable ProcessThread known(Looks looks, EpollSet set) {
    ProcessThread before = waits.on(set.fd());
    return before == null ? null : looks.last().thread(before.tid());
  }

  /** Who may be the loop: who is known, else who is held up, else who is elsewhere. */
  private static List<ProcessThread> suspects(Looks looks, @Nullable ProcessThread known) {
    if (known != null) {
      return List.of(known);
    }
    List<ProcessThread> elsewhere = looks.elsewhere();
    List<ProcessThread> held = elsewhere.stream().filter(looks::isHeld).toList();
    return held.isEmpty() ? elsewhere : held;
  }

  /** Whether it is held up; a guess has to be the only one that is elsewhere, not for its own. */
  private static boolean isLikely(
      Looks looks, @Nullable ProcessThread known, List<ProcessThread> suspects) {
    if (suspects.size() != 1 || !looks.isHeld(suspects.getFirst())) {
      return false;
    }
    ProcessThread only = suspects.getFirst();
    boolean isAlone = looks.elsewhere().size() == 1; // else who moves may be the loop
    return known != null || (isAlone && !only.isInWait() && !Threads.isIdle(only));
  }
}
