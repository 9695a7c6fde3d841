package dev.pollux.checks;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A number that stands in a Java table, and the C expression it has to equal.
 *
 * @param name how reports call it: the Java name
 * @param expression of an integer type in C
 * @param macro the macro that must be defined for the expression to compile; empty if none
 * @param value the Java value
 */
record Constant(String name, String expression, String macro, long value) {

  /** A macro of the headers that have {@code struct statx}: musl's since 1.2.5. */
  private static final String STATX = "STATX_BASIC_STATS";

  /** A macro of the kernel's header that has {@code struct open_how}. */
  private static final String OPEN_HOW = "RESOLVE_BENEATH";

  /** The constants of all Java tables, for an architecture. */
  static List<Constant> tables(Abi abi) {
    List<Constant> constants = new ArrayList<>();
    for (Class<?> table : List.of(Linux.class, Errno.class, Offsets.class)) {
      for (Field field : table.getFields()) {
        if (Modifier.isStatic(field.getModifiers())) {
          constants.add(of(field));
        }
      }
    }
    constants.add(size("epollEventSize", "struct epoll_event", abi.epollEventSize));
    constants.add(offset("epollDataOffset", "epoll_event", "data", abi.epollDataOffset));
    constants.add(macro("oDirectory", "O_DIRECTORY", abi.oDirectory));
    constants.add(macro("oNofollow", "O_NOFOLLOW", abi.oNofollow));
    constants.add(macro("oDirect", "O_DIRECT", abi.oDirect));
    constants.add(macro("kcmpNumber", "SYS_kcmp", abi.kcmpNumber));
    return List.copyOf(constants);
  }

  private static Constant of(Field field) {
    String name = field.getName();
    long value = value(field);
    if (name.equals("KERNEL_SIGSET_SIZE")) {
      return new Constant(name, "(_NSIG - 1) / 8", "_NSIG", value);
    }
    if (name.equals("SIZEOF_SIGSET")) {
      return size(name, "sigset_t", value);
    }
    if (name.equals("SIZEOF_STATX")) {
      return new Constant(name, "sizeof(struct statx)", STATX, value);
    }
    if (name.startsWith("STATX__")) {
      String member = lower(name.substring("STATX__".length()));
      return new Constant(name, "offsetof(struct statx, " + member + ")", STATX, value);
    }
    if (name.equals("SIZEOF_OPEN_HOW")) {
      return new Constant(name, "sizeof(struct open_how)", OPEN_HOW, value);
    }
    if (name.startsWith("OPEN_HOW__")) {
      String member = lower(name.substring("OPEN_HOW__".length()));
      return new Constant(name, "offsetof(struct open_how, " + member + ")", OPEN_HOW, value);
    }
    if (name.startsWith("SIZEOF_")) {
      return size(name, "struct " + lower(name.substring("SIZEOF_".length())), value);
    }
    int separator = name.indexOf("__");
    if (field.getDeclaringClass() == Offsets.class && separator > 0) {
      String struct = lower(name.substring(0, separator));
      return offset(name, struct, lower(name.substring(separator + 2)), value);
    }
    return field.getType() == int.class
        ? macro(name, name, value)
        : new Constant(name, "(" + name + ")", name, value);
  }

  private static long value(Field field) {
    try {
      return field.getLong(null);
    } catch (IllegalAccessException e) {
      throw new LinkageError("a public field: " + field, e);
    }
  }

  /** Both sides as an int: in C, 1u << 31 is positive. */
  private static Constant macro(String name, String macro, long value) {
    return new Constant(name, "(int) (" + macro + ")", macro, value);
  }

  private static Constant size(String name, String type, long value) {
    return new Constant(name, "sizeof(" + type + ")", "", value);
  }

  private static Constant offset(String name, String struct, String field, long value) {
    return new Constant(name, "offsetof(struct " + struct + ", " + field + ")", "", value);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
