package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Limits;
import dev.pollux.sys.Linux;
import dev.pollux.sys.UnixAddress;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.net.SocketAddress;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All options but {@link Tls}, which has no accessors, by reflection: each value that can be said
 * is one value, and it does not matter in which order they are said.
 */
class OptionsOrderTest {

  /** Said of both, and found in both. */
  private static final String SERVER_OBSERVER = "observer";

  private static final String SERVER_CONNECTION = "connection";

  private static final Map<Class<?>, Object> OTHERS =
      Map.of(
          Duration.class,
          Duration.ofMillis(7),
          String.class,
          "seven",
          String[].class,
          new String[] {"TLSv1.2"},
          SocketAddress.class,
          UnixAddress.path("/elsewhere"),
          ConnectionOptions.class,
          ConnectionOptions.DEFAULT.withObserver(new Blind("inner")),
          ConnectionObserver.class,
          new Blind("outer"),
          ConnectionTrace.class,
          new Deaf(),
          Tls.class,
          tls(),
          SocketSetup.class,
          SocketSetup.DEFAULT.withReusePort(true),
          SocketSetup.Option.class,
          new SocketSetup.Option(Linux.IPPROTO_IP, Linux.IP_TOS, 16));

  private static Tls tls() {
    try {
      return Tls.server(SSLContext.getDefault());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<Arguments> options() {
    return Stream.of(
            ConnectionOptions.DEFAULT,
            DatagramOptions.DEFAULT,
            ServerOptions.at(UnixAddress.unnamed()),
            LoopOptions.DEFAULT,
            Limits.defaults())
        .map(options -> Arguments.argumentSet(options.getClass().getSimpleName(), options));
  }

  private record Blind(String name) implements ConnectionObserver {}

  private record Deaf() implements ConnectionTrace {
    @Override
    public void read(Connection connection, int sizeBytes) {}

    @Override
    public void wrote(Connection connection, int sizeBytes) {}
  }

  private static List<Method> withers(Object options) {
    List<Method> withers = new ArrayList<>();
    for (Method method : options.getClass().getMethods()) {
      if (method.getName().matches("with[A-Z]\\w*")
          && method.getReturnType() == options.getClass()
          && !Modifier.isStatic(method.getModifiers())) {
        withers.add(method);
      }
    }
    withers.sort(Comparator.comparing(Method::getName));
    assertTrue(withers.size() >= 3, withers::toString);
    return withers;
  }

  /** The value that a wither says: all options, of one that is told another one. */
  private static String name(Method wither) {
    String name = wither.getName().substring("with".length());
    return name.equals("Option")
        ? "options"
        : Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  /** Everything there is to know of options, by accessors. */
  private static Map<String, String> values(Object options) {
    try {
      Map<String, String> values = new TreeMap<>();
      for (Method wither : withers(options)) {
        String name = name(wither);
        Object value = options.getClass().getMethod(name).invoke(options);
        values.put(name, value instanceof Object[] all ? Arrays.toString(all) : "" + value);
      }
      return values;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("an option without its value", e);
    }
  }

  /** As the options, with another value that is allowed and passes no bound of its neighbours. */
  private static Object apply(Method wither, Object options) {
    try {
      return wither.getParameterCount() == 0
          ? wither.invoke(options)
          : wither.invoke(options, another(wither.getParameterTypes()[0], name(wither)));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(wither.toString(), e);
    }
  }

  private static Object another(Class<?> type, String name) {
    if (type == int.class) {
      return switch (name) {
        case "highWaterBytes" -> 50_000;
        case "lowWaterBytes" -> 5_000;
        case "maxQueuedBytes" -> 500_000;
        default -> 8; // also a power of two
      };
    }
    if (type == boolean.class) {
      return !name.equals("noDelay");
    }
    if (type.isEnum()) {
      Object[] constants = type.getEnumConstants();
      return name.equals("trigger") ? constants[1] : constants[constants.length - 1];
    }
    Object known = OTHERS.get(type);
    return known != null
        ? known
        : Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, (_, _, _) -> "another");
  }

  /** Where a server's observer is said, its connections have it: that is the one overlap. */
  private static boolean overlap(String said, String seen) {
    return (said.equals(SERVER_OBSERVER) && seen.equals(SERVER_CONNECTION))
        || (said.equals(SERVER_CONNECTION) && seen.equals(SERVER_OBSERVER));
  }

  @ParameterizedTest
  @MethodSource("options")
  void wither_changesItsValueAlone(Object options) {
    Map<String, String> before = values(options);
    for (Method wither : withers(options)) {
      String said = name(wither);
      Map<String, String> after = values(apply(wither, options));
      assertNotEquals(before.get(said), after.get(said), said);
      for (String seen : before.keySet()) {
        if (!seen.equals(said) && !overlap(said, seen)) {
          assertEquals(before.get(seen), after.get(seen), seen + " after " + said);
        }
      }
      assertEquals(before, values(options), "the options themselves");
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void withers_holdInEitherOrder(Object options) {
    for (Method one : withers(options)) {
      Map<String, String> first = values(apply(one, options));
      for (Method other : withers(options)) {
        if (!one.equals(other)) {
          Map<String, String> both = values(apply(other, apply(one, options)));
          String what = name(one) + ", then " + name(other);
          assertEquals(values(apply(one, apply(other, options))), both, what);
          if (!name(one).equals(SERVER_CONNECTION)) {
            assertEquals(first.get(name(one)), both.get(name(one)), what);
          }
        }
      }
    }
  }
}
