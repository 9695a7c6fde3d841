package dev.pollux.checks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The structures that a source declares, laid out as the C compilers of 64-bit systems do: each
 * field at a multiple of its type's alignment.
 *
 * <p>A type is a name, {@code *} for every pointer, or {@code [n]} before another type.
 */
final class Layouts {

  /** A field as declared. */
  record Field(String name, String type) {}

  /** Where a field is, in bytes; of an array also how wide an element is. */
  record Place(int offset, int width, int elementWidth) {}

  private record Extent(int size, int alignment) {}

  private static final Pattern ARRAY = Pattern.compile("\\[([^\\]]+)\\](.+)");
  private static final int DEPTH = 20; // of types in types, so that a cycle ends

  private static final Map<String, Integer> PRIMITIVES = primitives();

  private final Map<String, List<Field>> structs = new HashMap<>();
  private final Map<String, String> aliases = new HashMap<>();

  private static Map<String, Integer> primitives() {
    Map<String, Integer> sizes = new HashMap<>();
    for (int bits = 8; bits <= 64; bits *= 2) {
      for (String prefix : List.of("u", "i", "int", "uint")) {
        sizes.put(prefix + bits, bits / Byte.SIZE);
      }
    }
    List.of("byte", "c_char", "c_uchar", "c_schar").forEach(name -> sizes.put(name, 1));
    List.of("c_short", "c_ushort").forEach(name -> sizes.put(name, 2));
    List.of("c_int", "c_uint").forEach(name -> sizes.put(name, 4));
    List.of("c_long", "c_ulong", "c_longlong", "c_ulonglong", "usize", "isize", "uintptr", "*")
        .forEach(name -> sizes.put(name, 8));
    return sizes;
  }

  /** Adds a structure; of two of a name the last one counts. */
  void struct(String name, List<Field> fields) {
    structs.put(name, List.copyOf(fields));
  }

  /** Adds another name for a type. */
  void alias(String name, String type) {
    aliases.put(name, type);
  }

  /** The size in bytes; null if the type, or one in it, is not known. */
  @Nullable Integer size(String type) {
    Extent extent = extent(type, 0);
    return extent == null ? null : extent.size;
  }

  /** The field of one of these names; null if there is none, or what is before it is not known. */
  @Nullable Place place(String struct, List<String> names) {
    List<Field> fields = structs.get(struct);
    if (fields == null) {
      return null;
    }
    int end = 0;
    for (Field field : fields) {
      Extent extent = extent(field.type, 0);
      if (extent == null) {
        return null;
      }
      int offset = align(end, extent.alignment);
      if (names.contains(field.name)) {
        return new Place(offset, extent.size, elementWidth(field, extent));
      }
      end = offset + extent.size;
    }
    return null;
  }

  private int elementWidth(Field field, Extent extent) {
    Matcher array = ARRAY.matcher(field.type);
    Extent element = array.matches() ? extent(array.group(2).strip(), 0) : extent;
    return element == null ? extent.size : element.size;
  }

  private @Nullable Extent extent(String type, int depth) {
    Integer primitive = PRIMITIVES.get(type);
    if (primitive != null) {
      return new Extent(primitive, primitive);
    }
    if (depth > DEPTH) {
      return null;
    }
    Matcher array = ARRAY.matcher(type);
    if (array.matches()) {
      Long count = Expression.value(array.group(1), Map.of());
      Extent element = extent(array.group(2).strip(), depth + 1);
      return count == null || element == null
          ? null
          : new Extent(Math.toIntExact(count * element.size), element.alignment);
    }
    List<Field> fields = structs.get(type);
    if (fields != null) {
      return extent(fields, depth);
    }
    String alias = aliases.get(type);
    return alias == null ? null : extent(alias, depth + 1);
  }

  private @Nullable Extent extent(List<Field> fields, int depth) {
    int end = 0;
    int alignment = 1;
    for (Field field : fields) {
      Extent extent = extent(field.type, depth + 1);
      if (extent == null) {
        return null;
      }
      end = align(end, extent.alignment) + extent.size;
      alignment = Math.max(alignment, extent.alignment);
    }
    return new Extent(align(end, alignment), alignment);
  }

  private static int align(int offset, int alignment) {
    return (offset + alignment - 1) / alignment * alignment;
  }
}
