package dev.pollux.sys;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Pollux takes the numbers, layouts and names of functions of a system to be, as a table to
 * print or to check.
 *
 * @param system such as {@code FreeBSD}
 * @param architecture {@code x86-64} or {@code aarch64}
 * @param values the numbers, in the order of the headers
 * @param layouts the structures
 * @param members their fields
 * @param controlAlignment what each control message of a {@code msghdr} begins at a multiple of
 * @param controlDataOffset where the data of a control message begins
 * @param symbols the functions whose symbols are not their names, and these symbols
 */
public record SystemTable(
    String system,
    String architecture,
    List<Value> values,
    List<Layout> layouts,
    List<Member> members,
    int controlAlignment,
    int controlDataOffset,
    Map<String, String> symbols) {

  /**
   * A number.
   *
   * @param kind what it is a number of, such as {@code ERRNO}
   * @param name what Pollux calls it, which is its name on Linux if it has one there
   * @param cName what the headers of the system call it
   * @param value null if the system lacks it
   */
  public record Value(String kind, String name, String cName, @Nullable Long value) {}

  /**
   * A structure.
   *
   * @param name what Pollux calls it
   * @param cName its type in C
   * @param size in bytes; null if the system lacks it
   */
  public record Layout(String name, String cName, @Nullable Integer size) {}

  /**
   * A field of a structure.
   *
   * @param name what Pollux calls it
   * @param layout the name of its structure
   * @param cName its name in C
   * @param offset in bytes; null if the structure lacks it
   * @param width in bytes; null if the structure lacks it
   */
  public record Member(
      String name,
      String layout,
      String cName,
      @Nullable Integer offset,
      @Nullable Integer width) {}

  /** The tables of all systems, Linux among them. */
  public static List<SystemTable> all() {
    return Profiles.all().stream().map(SystemTable::of).toList();
  }

  private static SystemTable of(Profile profile) {
    List<Value> values = new ArrayList<>();
    for (Constant constant : Constant.values()) {
      Long value = profile.has(constant) ? profile.longValue(constant) : null;
      values.add(new Value(constant.kind().name(), constant.name(), profile.name(constant), value));
    }
    List<Layout> layouts = new ArrayList<>();
    for (Struct struct : Struct.values()) {
      Integer size = profile.has(struct) ? profile.size(struct) : null;
      layouts.add(new Layout(struct.name(), profile.name(struct), size));
    }
    List<Member> members = new ArrayList<>();
    for (Field field : Field.values()) {
      Integer offset = profile.has(field) ? profile.offset(field) : null;
      Integer width = profile.has(field) ? profile.width(field) : null;
      String layout = field.struct().name();
      members.add(new Member(field.name(), layout, profile.name(field), offset, width));
    }
    return new SystemTable(
        profile.system(),
        profile.architecture(),
        List.copyOf(values),
        List.copyOf(layouts),
        List.copyOf(members),
        profile.controlAlignment(),
        profile.controlDataOffset(),
        profile.symbols());
  }
}
