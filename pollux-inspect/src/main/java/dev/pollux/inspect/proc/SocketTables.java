package dev.pollux.inspect.proc;

import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.SocketState.State;
import dev.pollux.inspect.SocketState.Timer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sockets of a process's network, by the tables that the kernel has of each protocol.
 *
 * <p>Source: proc_pid_net(5); {@code net/ipv4/tcp_ipv4.c}, {@code net/unix/af_unix.c} for the
 * columns.
 */
public final class SocketTables {

  private static final List<String> INET = List.of("tcp", "tcp6", "udp", "udp6", "raw", "raw6");
  private static final List<String> OTHERS = List.of("netlink", "packet");

  private static final int UNIX_WORDS = 8; // a path may have blanks
  private static final int LISTENS = 0x10000; // of a Unix socket's flags
  private static final int UNIX_CONNECTED = 3;
  private static final int STREAM = 1;
  private static final int SEQPACKET = 5;

  private final Map<Long, SocketState> byInode = new HashMap<>();
  private final List<SocketState> leftOver = new ArrayList<>();

  private SocketTables() {}

  /** Reads all tables of a process's network. */
  public static SocketTables read(ProcFiles files) {
    SocketTables tables = new SocketTables();
    for (String protocol : INET) {
      tables.lines(files, protocol, 0).forEach(line -> tables.inet(protocol, line));
    }
    tables.lines(files, "unix", UNIX_WORDS).forEach(tables::unixIfWhole);
    for (String protocol : OTHERS) {
      tables.lines(files, protocol, 0).forEach(line -> tables.other(protocol, line));
    }
    return tables;
  }

  /** Those that have an inode, by that. */
  public Map<Long, SocketState> byInode() {
    return byInode;
  }

  /** Those that no process has. */
  public List<SocketState> leftOver() {
    return leftOver;
  }

  /** The words of each line; of so many, if that is not 0, the last is the rest of the line. */
  private List<String[]> lines(ProcFiles files, String protocol, int most) {
    return files
        .read("net/" + protocol)
        .lines()
        .skip(1)
        .map(line -> line.trim().split("\\s+", most == 0 ? -1 : most))
        .toList();
  }

  /** {@code sl local remote st tx:rx tr:when retrnsmt uid timeout inode …}. */
  private void inet(String protocol, String[] words) {
    if (words.length < 10) {
      return;
    }
    long inode = Long.parseLong(words[9]);
    State state = state(protocol, Integer.parseInt(words[3], 16));
    boolean hasEnd = state == State.CLOSE_WAIT || state == State.CLOSING;
    String[] queues = words[4].split(":", 2);
    String[] timer = words[5].split(":", 2);
    boolean isUnconnected = words[2].endsWith(":0000");
    SocketState socket =
        new SocketState(
            inode,
            protocol,
            state,
            address(words[1]),
            isUnconnected ? "" : address(words[2]),
            Math.max(0, Long.parseLong(queues[1], 16) - (hasEnd ? 1 : 0)), // without the end
            state == State.LISTENING ? -1 : Long.parseLong(queues[0], 16), // netlink knows it
            timer(Integer.parseInt(timer[0], 16)),
            (int) Long.parseLong(words[6], 16),
            -1,
            -1,
            -1);
    put(socket);
  }

  private void put(SocketState socket) {
    if (socket.inode() != 0) {
      var _ = byInode.putIfAbsent(socket.inode(), socket); // names may forge a second line
    } else if (socket.state() == State.TIME_WAIT) {
      leftOver.add(socket);
    }
  }

  private static State state(String protocol, int number) {
    return protocol.startsWith("tcp") ? tcpState(number) : State.OPEN;
  }

  /** The numbers of {@code net/tcp_states.h}. */
  static State tcpState(int number) {
    return switch (number) {
      case 1 -> State.ESTABLISHED;
      case 2, 3, 12 -> State.CONNECTING;
      case 4, 5 -> State.FIN_WAIT;
      case 6 -> State.TIME_WAIT;
      case 8 -> State.CLOSE_WAIT;
      case 9, 11 -> State.CLOSING;
      case 10 -> State.LISTENING;
      default -> State.CLOSED;
    };
  }

  static Timer timer(int number) {
    return switch (number) {
      case 1 -> Timer.RETRANSMIT;
      case 2 -> Timer.KEEPALIVE;
      case 3 -> Timer.TIME_WAIT;
      case 4 -> Timer.ZERO_WINDOW;
      default -> Timer.NONE;
    };
  }

  /** {@code 0100007F:1F90}: words in the byte order of the machine, and a port. */
  private static String address(String text) {
    int colon = text.indexOf(':');
    byte[] bytes = new byte[colon / 2];
    for (int i = 0; i < bytes.length; i++) {
      int swapped = (i & ~3) + 3 - (i & 3); // both architectures are little-endian
      bytes[i] = (byte) Integer.parseInt(text.substring(2 * swapped, 2 * swapped + 2), 16);
    }
    int port = Integer.parseInt(text.substring(colon + 1), 16);
    try {
      String host = InetAddress.getByAddress(bytes).getHostAddress();
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    } catch (UnknownHostException e) {
      return text;
    }
  }

  /** {@code Num RefCount Protocol Flags Type St Inode Path}. */
  private void unixIfWhole(String[] words) {
    try {
      unix(words);
    } catch (NumberFormatException _) {
      // the rest of a name in which somebody has put the end of a line
    }
  }

  private void unix(String[] words) {
    if (words.length < UNIX_WORDS - 1 || !words[0].endsWith(":")) {
      return;
    }
    boolean isListening = (Integer.parseInt(words[3], 16) & LISTENS) != 0;
    int type = Integer.parseInt(words[4], 16);
    boolean isStream = type == STREAM || type == SEQPACKET;
    boolean isConnected = Integer.parseInt(words[5], 16) == UNIX_CONNECTED;
    State state =
        isListening
            ? State.LISTENING
            : isConnected ? State.ESTABLISHED : isStream ? State.CLOSED : State.OPEN;
    String path = words.length > 7 ? words[7] : "";
    long inode = Long.parseLong(words[6]);
    put(named(inode, "unix", state, path));
  }

  /** The inode is the last word of each of these tables. */
  private void other(String protocol, String[] words) {
    try {
      long inode = Long.parseLong(words[words.length - 1]);
      put(named(inode, protocol, State.OPEN, ""));
    } catch (NumberFormatException _) {
      // a line of another form
    }
  }

  private static SocketState named(long inode, String protocol, State state, String path) {
    return new SocketState(inode, protocol, state, path, "", -1, -1, Timer.NONE, 0, -1, -1, -1);
  }
}
