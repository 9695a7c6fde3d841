package dev.pollux.lab;

import dev.pollux.model.EpollSnapshot;
import dev.pollux.model.ModelSys;
import dev.pollux.model.Transition;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/** The kernel model, with real threads. It shows what the other hides. */
final class ModelMachine implements Machine {

  private final ModelSys sys;

  /** The epoll instances by their identity numbers, as far as they were looked at. */
  private final Map<Long, String> epolls = new HashMap<>();

  /** Written under the model's lock, by whatever thread makes a call. */
  private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();

  private final AtomicInteger looks = new AtomicInteger();

  private record Event(Transition transition, long epollId, long data) {}

  ModelMachine() {
    this(ModelSys.threads(NativeSys.open()::nanoTime));
  }

  ModelMachine(ModelSys sys) {
    this.sys = sys;
    sys.listenToEpoll((transition, epollId, _, data, _) -> record(transition, epollId, data));
  }

  @Override
  public Kernel kernel() {
    return Kernel.MODEL;
  }

  @Override
  public Sys sys() {
    return sys;
  }

  @Override
  public boolean isTransparent() {
    return true;
  }

  @Override
  public EpollView view(String name, int epfd, LongFunction<String> handles) {
    EpollSnapshot snapshot = sys.epollSnapshot(epfd);
    epolls.put(snapshot.id(), name);
    List<EpollView.Item> tree = new ArrayList<>();
    for (EpollSnapshot.Item item : snapshot.tree()) {
      tree.add(
          new EpollView.Item(
              handles.apply(item.data()),
              new Mask(item.events()),
              item.depth(),
              item.isRed(),
              item.isArmed(),
              item.isQueued()));
    }
    List<String> ready = snapshot.ready().stream().map(item -> handles.apply(item.data())).toList();
    return new EpollView(name, tree, ready, snapshot.waiters());
  }

  @Override
  public List<String> transitions(LongFunction<String> handles) {
    List<String> texts = new ArrayList<>();
    for (Event event = events.poll(); event != null; event = events.poll()) {
      String text = Transitions.text(event.transition());
      if (!text.isEmpty()) {
        String where = epolls.size() > 1 ? epolls.getOrDefault(event.epollId(), "?") + ": " : "";
        texts.add(where + handles.apply(event.data()) + " " + text);
      }
    }
    return texts;
  }

  /** {@inheritDoc} A sleeper that is woken leaves the list of waiters at once. */
  @Override
  public boolean areAsleep(Collection<WaitingThread> threads) {
    Map<Integer, Integer> counts = new HashMap<>();
    threads.forEach(thread -> counts.merge(thread.epfd(), 1, Integer::sum));
    return counts.entrySet().stream()
        .allMatch(entry -> waiters(entry.getKey()) == entry.getValue());
  }

  /** How many sleep there; nobody does on what is closed. */
  private int waiters(int epfd) {
    boolean isThere = "epoll".equals(sys.openDescriptors().get(epfd));
    return isThere ? sys.epollSnapshot(epfd).waiters() : 0;
  }

  @Override
  public int takeLookCount() {
    return looks.getAndSet(0);
  }

  private void record(Transition transition, long epollId, long data) {
    if (data >= 0 && data <= Integer.MAX_VALUE) { // what ends threads, or is beneath a kqueue
      events.add(new Event(transition, epollId, data));
    }
    if (transition == Transition.DELIVERED || transition == Transition.LEFT_NOT_READY) {
      looks.incrementAndGet();
    }
  }
}
