package dev.pollux.lab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Costs against sizes as bars of text. */
final class BarChart {

  private static final int BAR_COLUMNS = 14;

  private BarChart() {}

  /** A group of bars for each key; all have one scale. */
  static List<String> lines(List<Integer> sizes, Map<?, List<Long>> costs, String unit) {
    long most = costs.values().stream().map(Collections::max).max(Long::compare).orElse(1L);
    List<String> lines = new ArrayList<>();
    costs.forEach((key, values) -> {
      for (int i = 0; i < values.size(); i++) {
        String name = i == 0 ? key.toString() : "";
        lines.add(
            String.format(
                "%-6s%5d  %-" + BAR_COLUMNS + "s%,8d %s",
                name,
                sizes.get(i),
                bar(values.get(i), most),
                values.get(i),
                unit));
      }
    });
    return lines;
  }

  /** Never empty, so that the smallest cost is seen. */
  private static String bar(long value, long most) {
    long columns = Math.round((double) value * BAR_COLUMNS / Math.max(most, 1));
    return "#".repeat((int) Math.max(columns, 1));
  }
}
