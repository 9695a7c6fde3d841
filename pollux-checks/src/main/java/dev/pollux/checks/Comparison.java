package dev.pollux.checks;

import dev.pollux.sys.SystemTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compares the table of a system with the tables of several sources. */
final class Comparison {

  /**
   * Where a source is wrong, and how that is known. A mistake that is none any more is reported.
   * The names are those of {@link Item}, behind the source and the system, and before the
   * architecture if it is one's alone.
   */
  static final Map<String, String> MISTAKES =
      Map.of(
          "Zig NetBSD EVFILT_USER", "8 in NetBSD's sys/event.h; 1 is EVFILT_WRITE",
          "Zig NetBSD NOTE_TRIGGER", "0x01000000 in NetBSD's sys/event.h; there is NOTE_SIGNAL",
          "Zig NetBSD sigprocmask symbol", "it names the symbol of sigaction",
          "Rust NetBSD control alignment aarch64", "16 in NetBSD's arm/cdefs.h, and in Go's code",
          "Zig DragonFly STAT_BLOCK_SIZE offset", "it has the old field, Go and Rust the new one",
          "Zig DragonFly STAT_BLOCK_SIZE width", "it has the old field, Go and Rust the new one");

  /** A number or a name of a table, and what confirms it. */
  record Item(String name, String value, List<String> sources) {}

  private final SystemTable table;
  private final List<SourceTable> sources;
  private final Map<String, String> mistakes;
  private final Map<String, String> types = new HashMap<>();
  private final List<Item> items = new ArrayList<>();
  private final List<String> contradictions = new ArrayList<>();
  private final TreeMap<String, Integer> counts = new TreeMap<>();

  private Comparison(SystemTable table, List<SourceTable> sources, Map<String, String> mistakes) {
    this.table = table;
    this.sources = sources;
    this.mistakes = mistakes;
    sources.forEach(source -> counts.put(source.name(), 0));
  }

  /** Compares everything that the system has. */
  static Comparison of(SystemTable table, List<SourceTable> sources, Map<String, String> mistakes) {
    Comparison comparison = new Comparison(table, sources, mistakes);
    comparison.values();
    comparison.layouts();
    comparison.members();
    comparison.others();
    return comparison;
  }

  /** All values that were compared, in the order of the table. */
  List<Item> items() {
    return items;
  }

  /** A line for each source that says something else. */
  List<String> contradictions() {
    return contradictions;
  }

  /** How many values each source confirmed, by its name. */
  Map<String, Integer> counts() {
    return counts;
  }

  /** The values that so many sources confirm. */
  List<Item> confirmedBy(int count) {
    return items.stream().filter(item -> item.sources.size() == count).toList();
  }

  private void values() {
    for (SystemTable.Value value : table.values()) {
      if (value.value() != null) {
        compare(
            value.name(),
            show(value.value().intValue()),
            source -> {
              Long found = source.constants().get(value.cName());
              return found == null ? null : show(found.intValue());
            });
      }
    }
  }

  private static String show(int value) {
    return value > -1000 && value < 1000 ? String.valueOf(value) : "0x%x".formatted(value);
  }

  private void layouts() {
    for (SystemTable.Layout layout : table.layouts()) {
      types.put(layout.name(), layout.cName());
      if (layout.size() != null) {
        compare(
            layout.name() + " size",
            String.valueOf(layout.size()),
            source ->
                string(
                    source
                        .layouts()
                        .size(SourceNames.struct(source, layout.name(), layout.cName()))));
      }
    }
  }

  private void members() {
    for (SystemTable.Member member : table.members()) {
      if (member.offset() == null || member.width() == null) {
        continue;
      }
      compare(
          member.name() + " offset",
          String.valueOf(member.offset()),
          source -> {
            Layouts.Place place = place(source, member);
            return place == null ? null : String.valueOf(place.offset());
          });
      compare(
          member.name() + " width",
          String.valueOf(member.width()),
          source -> {
            Layouts.Place place = place(source, member);
            return place == null ? null : width(source, member, place);
          });
    }
  }

  private Layouts.@Nullable Place place(SourceTable source, SystemTable.Member member) {
    String type = types.getOrDefault(member.layout(), member.layout());
    String struct = SourceNames.struct(source, member.layout(), type);
    return source.layouts().place(struct, SourceNames.members(member.cName()));
  }

  private @Nullable String width(
      SourceTable source, SystemTable.Member member, Layouts.Place place) {
    if (source.name().equals(RustSource.NAME) && SourceNames.isTime(member.cName())) {
      return null; // there it is two fields
    }
    boolean element = member.cName().endsWith("]");
    return String.valueOf(element ? place.elementWidth() : place.width());
  }

  private void others() {
    compare(
        "control alignment",
        String.valueOf(table.controlAlignment()),
        source -> {
          Long mask = source.constants().get("_ALIGNBYTES");
          return mask == null ? null : String.valueOf(mask + 1);
        });
    TreeMap<String, String> symbols = new TreeMap<>(table.symbols());
    for (String function : AppleHeaders.FUNCTIONS) {
      if (sources.stream().anyMatch(source -> source.symbols().containsKey(function))) {
        symbols.putIfAbsent(function, function); // which is wrong, if the source is right
      }
    }
    symbols.forEach((function, symbol) ->
        compare(function + " symbol", symbol, source -> source.symbols().get(function)));
  }

  private static @Nullable String string(@Nullable Integer number) {
    return number == null ? null : number.toString();
  }

  private void compare(String name, String value, Function<SourceTable, @Nullable String> answer) {
    List<String> confirmedBy = new ArrayList<>();
    for (SourceTable source : sources) {
      String found = answer.apply(source);
      String mistake = source.name() + " " + table.system() + " " + name;
      boolean known =
          mistakes.containsKey(mistake)
              || mistakes.containsKey(mistake + " " + table.architecture());
      if (value.equals(found)) {
        confirmedBy.add(source.name());
        counts.merge(source.name(), 1, Integer::sum);
        if (known) {
          contradictions.add(mistake + " is no mistake any more: it says " + found);
        }
      } else if (found != null && !known) {
        contradictions.add(name + " is " + found + " in " + source.name() + ", here " + value);
      }
    }
    items.add(new Item(name, value, List.copyOf(confirmedBy)));
  }
}
