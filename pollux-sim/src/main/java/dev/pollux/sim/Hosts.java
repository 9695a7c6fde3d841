package dev.pollux.sim;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The hosts of a run, by their names and their addresses. */
final class Hosts {

  private static final int FIRST_ADDRESS = 1;
  private static final int LAST_ADDRESS = 0xfffe;

  private final Sim sim;
  private final Random dice;
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Map<InetAddress, String> names = new HashMap<>();
  private boolean isSetUp;

  Hosts(Sim sim, Random dice) {
    this.sim = sim;
    this.dice = dice;
  }

  Collection<Host> all() {
    return hosts.values();
  }

  @Nullable Host find(String name) {
    return hosts.get(name);
  }

  /** The host of this name: a new one if there is none. */
  Host get(String name) {
    return hosts.computeIfAbsent(Objects.requireNonNull(name, "name"), this::make);
  }

  /** A host that a program asks for: in the run there has to be one. */
  Host named(String name) {
    if (isSetUp && !hosts.containsKey(name)) {
      throw new IllegalArgumentException(noHost(name));
    }
    return get(name);
  }

  /** The set-up is over. A name that is misspelt is a host that nobody starts. */
  void setUp() {
    isSetUp = true;
    for (Host host : hosts.values()) {
      if (host.isOnlyNamed()) {
        throw new IllegalStateException(noHost(host.name()));
      }
    }
  }

  private String noHost(String name) {
    Set<String> others = new LinkedHashSet<>(hosts.keySet());
    boolean _ = others.remove(name);
    return "no host is called '" + name + "'; there are " + others;
  }

  private Host make(String name) {
    int number = FIRST_ADDRESS + hosts.size();
    if (number > LAST_ADDRESS) {
      throw new IllegalStateException("there are no more addresses than " + LAST_ADDRESS);
    }
    InetAddress address =
        InetAddress.ofLiteral("10.0." + (number >> Byte.SIZE) + "." + (number & 0xff));
    String _ = names.put(address, name);
    return new Host(sim, name, address, new Random(dice.nextLong()));
  }

  /** The name of a host, or an address that none has. */
  String nameOf(InetAddress address) {
    return names.getOrDefault(address, address.getHostAddress());
  }
}
