package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.SocketState.State;
import dev.pollux.inspect.SocketState.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Peers that take nothing, or say nothing; and ports that are left over. */
final class Peers implements Rule {

  private static final int MANY_RETRANSMITS = 3;
  private static final int TIME_WAITS = 200;
  private static final long MILLIS_PER_SECOND = 1000;

  private final long silenceMillis;

  Peers(Duration silence) {
    this.silenceMillis = silence.toMillis();
  }

  @Override
  public void find(Looks looks, List<Finding> found) {
    for (Descriptor each : looks.last().all()) {
      SocketState socket = each.socket();
      if (socket != null && socket.state() == State.ESTABLISHED) {
        silence(looks, each, found);
      }
      if (socket != null && hasPeer(socket)) {
        sendQueue(looks, each, found);
      }
    }
    timeWaits(looks.last(), found);
  }

  private static boolean hasPeer(SocketState socket) {
    return socket.state() == State.ESTABLISHED || socket.state() == State.CLOSE_WAIT;
  }

  private static void sendQueue(Looks looks, Descriptor each, List<Finding> found) {
    boolean isStuck =
        looks.socketAlways(each, state -> state.unsent() > 0)
            && looks.neverLess(each, SocketState::unsent)
            && looks.isSame(each, SocketState::moved);
    SocketState socket = each.socket();
    if (!isStuck || socket == null) {
      return;
    }
    List<String> evidence = new ArrayList<>();
    evidence.add("fd " + each.fd() + " (" + each.text() + ")");
    boolean isUnix = socket.protocol().equals("unix");
    boolean isGone = socket.retransmits() >= MANY_RETRANSMITS;
    if (looks.socketAlways(each, state -> state.timer() == Timer.ZERO_WINDOW)) {
      evidence.add("TCP asks for room at the peer's: it does not read, or takes its time");
    } else if (isGone) {
      evidence.add("sent " + socket.retransmits() + " times again: the peer does not answer");
    } else if (isUnix) {
      evidence.add("the peer has not read it; when it will, the kernel cannot tell");
    } else {
      return; // on its way
    }
    evidence.add(looks.span());
    found.add(
        new Finding(
            Disease.SEND_STUCK,
            isGone ? Confidence.LIKELY : Confidence.POSSIBLE,
            "fd " + each.fd(),
            List.of(each.fd()),
            evidence));
  }

  private void silence(Looks looks, Descriptor each, List<Finding> found) {
    boolean isSilent =
        looks.socketAlways(
            each,
            state ->
                state.protocol().startsWith("tcp")
                    && state.timer() == Timer.NONE
                    && state.unread() == 0
                    && state.idleMillis() >= silenceMillis);
    SocketState socket = each.socket();
    if (isSilent && socket != null) {
      found.add(
          new Finding(
              Disease.DEAD_PEER,
              Confidence.POSSIBLE,
              "fd " + each.fd(),
              List.of(each.fd()),
              List.of(
                  "fd " + each.fd() + " (" + each.text() + ")",
                  "nothing came for " + time(socket.idleMillis()),
                  "no timer runs: a peer that lost its power would never be noticed")));
    }
  }

  /** A time in words. */
  static String time(long millis) {
    return millis < 10 * MILLIS_PER_SECOND ? millis + " ms" : millis / MILLIS_PER_SECOND + " s";
  }

  /** Those with a port, or a peer, that the process has. */
  private static void timeWaits(ProcessView view, List<Finding> found) {
    Set<String> ends = new HashSet<>();
    for (Descriptor each : view.all()) {
      SocketState socket = each.socket();
      if (socket != null && socket.protocol().startsWith("tcp")) {
        ends.add(port(socket.isListening() ? socket.local() : socket.remote()));
      }
    }
    ends.remove("");
    long count =
        view.sockets().stream()
            .filter(each -> ends.contains(port(each.local())) || ends.contains(port(each.remote())))
            .count();
    if (count >= TIME_WAITS) {
      found.add(
          new Finding(
              Disease.TIME_WAIT_HEAP,
              Confidence.POSSIBLE,
              "its network",
              List.of(),
              List.of(count + " connections of its ports and peers are in TIME_WAIT")));
    }
  }

  private static String port(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }
}
