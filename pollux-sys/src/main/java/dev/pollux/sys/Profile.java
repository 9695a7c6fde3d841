package dev.pollux.sys;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers, layouts and names of functions of one system on one architecture.
 *
 * <p>Above the system-call seam Pollux's numbers are Linux's; a profile says what they are below
 * it, on a system whose numbers are not. It is data and translates nothing.
 *
 * <p>Threads: immutable.
 */
final class Profile {

  private static final Constant[] NONE = {};

  /** Where a field is. */
  private record Place(int offset, int width) {}

  private final String system;
  private final String architecture;
  private final Map<Constant, Integer> values;
  private final Map<Kind, Constant[]> byKind; // those that it has, in order
  private final Map<Field, Place> places;
  private final Map<Struct, Integer> sizes;
  private final Map<Enum<?>, String> names;
  private final Map<String, String> symbols;
  private final int controlAlignment;

  private Profile(Builder from) {
    this.system = from.system;
    this.architecture = from.architecture;
    this.values = new EnumMap<>(from.values);
    this.byKind = byKind(values);
    this.places = new EnumMap<>(from.places);
    this.sizes = new EnumMap<>(from.sizes);
    this.names = Map.copyOf(from.names);
    this.symbols = Map.copyOf(from.symbols);
    this.controlAlignment = from.controlAlignment;
  }

  private static Map<Kind, Constant[]> byKind(Map<Constant, Integer> values) {
    Map<Kind, Constant[]> constants = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      constants.put(
          kind,
          values.keySet().stream()
              .filter(constant -> constant.kind() == kind)
              .toArray(Constant[]::new));
    }
    return constants;
  }

  /** The profile of Linux, in which every number is itself. */
  static Profile linux(String architecture) {
    return LinuxProfile.of(architecture);
  }

  /** A builder with nothing in it. */
  static Builder builder(String system, String architecture) {
    return new Builder(system, architecture);
  }

  /** Such as {@code FreeBSD}. */
  String system() {
    return system;
  }

  /** {@code x86-64} or {@code aarch64}. */
  String architecture() {
    return architecture;
  }

  /** Whether the system has it. */
  boolean has(Constant constant) {
    return values.containsKey(constant);
  }

  /**
   * The value there.
   *
   * @throws IllegalStateException if the system lacks it
   */
  int value(Constant constant) {
    Integer value = values.get(constant);
    if (value == null) {
      throw lacks(constant.name());
    }
    return value;
  }

  /**
   * The value there, as the function takes it that has a long for it: the number of an ioctl has no
   * sign, everything else has.
   *
   * @throws IllegalStateException if the system lacks it
   */
  long longValue(Constant constant) {
    int value = value(constant);
    return constant.kind() == Kind.IOCTL ? Integer.toUnsignedLong(value) : value;
  }

  /**
   * The constant that has this value there; null if none has. Where several have it, which the
   * names of one thing do, it is the first of them in {@link Constant}.
   */
  @Nullable Constant find(Kind kind, int value) {
    for (Constant constant : byKind.getOrDefault(kind, NONE)) {
      if (value(constant) == value) {
        return constant;
      }
    }
    return null;
  }

  /** Whether the structure has the field there. */
  boolean has(Field field) {
    return places.containsKey(field);
  }

  /** Whether the system has the structure. */
  boolean has(Struct struct) {
    return sizes.containsKey(struct);
  }

  /**
   * How many bytes into the structure.
   *
   * @throws IllegalStateException if it is not there
   */
  int offset(Field field) {
    return place(field).offset;
  }

  /**
   * How many bytes.
   *
   * @throws IllegalStateException if it is not there
   */
  int width(Field field) {
    return place(field).width;
  }

  /**
   * How many bytes.
   *
   * @throws IllegalStateException if the system lacks it
   */
  int size(Struct struct) {
    Integer size = sizes.get(struct);
    if (size == null) {
      throw lacks(struct.cName());
    }
    return size;
  }

  /** What each control message of a {@code msghdr} begins at a multiple of: that of CMSG_SPACE. */
  int controlAlignment() {
    return controlAlignment;
  }

  /** Where the data of a control message begins: CMSG_DATA, from the {@code cmsghdr} on. */
  int controlDataOffset() {
    int size = size(Struct.CMSGHDR);
    return (size + controlAlignment - 1) / controlAlignment * controlAlignment;
  }

  /** The name of a function for {@code dlsym}; its own unless the header gives it another. */
  String symbol(String function) {
    return symbols.getOrDefault(function, function);
  }

  /** The functions whose symbols are not their names, and these symbols. */
  Map<String, String> symbols() {
    return symbols;
  }

  /** What the headers there call it. */
  String name(Constant constant) {
    return names.getOrDefault(constant, constant.name());
  }

  /** What the headers there call it. */
  String name(Field field) {
    return names.getOrDefault(field, field.cName());
  }

  /** What the headers there call it. */
  String name(Struct struct) {
    return names.getOrDefault(struct, struct.cName());
  }

  private Place place(Field field) {
    Place place = places.get(field);
    if (place == null) {
      throw lacks("field " + field.cName() + " of " + field.struct().cName());
    }
    return place;
  }

  private IllegalStateException lacks(String what) {
    return new IllegalStateException(this + " has no " + what);
  }

  /** The system and the architecture. */
  @Override
  public String toString() {
    return system + " on " + architecture;
  }

  /** Collects a profile. What is said last holds, so that a system can begin as another one. */
  static final class Builder {
    private final String system;
    private final String architecture;
    private final Map<Constant, Integer> values = new EnumMap<>(Constant.class);
    private final Map<Field, Place> places = new EnumMap<>(Field.class);
    private final Map<Struct, Integer> sizes = new EnumMap<>(Struct.class);
    private final Map<Enum<?>, String> names = new HashMap<>();
    private final Map<String, String> symbols = new HashMap<>();
    private int controlAlignment = Long.BYTES;

    private Builder(String system, String architecture) {
      this.system = system;
      this.architecture = architecture;
    }

    /** Whether this is for aarch64. */
    boolean isAarch64() {
      return architecture.equals(Profiles.AARCH64);
    }

    Builder set(Constant constant, int value) {
      values.put(constant, value);
      names.remove(constant);
      return this;
    }

    /** A value under the name that its headers have for it. */
    Builder set(Constant constant, String name, int value) {
      set(constant, value);
      names.put(constant, name);
      return this;
    }

    /** Several with the value that Pollux uses, which is theirs as well. */
    Builder same(Constant... constants) {
      Arrays.stream(constants).forEach(constant -> set(constant, constant.linuxValue()));
      return this;
    }

    /** Those of a kind whose values are in a range, with the value that Pollux uses. */
    Builder same(Kind kind, int first, int last) {
      for (Constant constant : Constant.values()) {
        if (constant.kind() == kind
            && constant.isOnLinux()
            && constant.linuxValue() >= first
            && constant.linuxValue() <= last) {
          set(constant, constant.linuxValue());
        }
      }
      return this;
    }

    Builder struct(Struct struct, int size) {
      sizes.put(struct, size);
      names.remove(struct);
      return this;
    }

    /** A structure under the name that its headers have for it. */
    Builder struct(Struct struct, String name, int size) {
      struct(struct, size);
      names.put(struct, name);
      return this;
    }

    Builder field(Field field, int offset, int width) {
      places.put(field, new Place(offset, width));
      names.remove(field);
      return this;
    }

    /** A field under the name that its headers have for it. */
    Builder field(Field field, String name, int offset, int width) {
      field(field, offset, width);
      names.put(field, name);
      return this;
    }

    Builder symbol(String function, String symbol) {
      symbols.put(function, symbol);
      return this;
    }

    Builder controlAlignment(int bytes) {
      controlAlignment = bytes;
      return this;
    }

    Profile build() {
      return new Profile(this);
    }
  }
}
