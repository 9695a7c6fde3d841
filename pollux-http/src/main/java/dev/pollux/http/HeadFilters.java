package dev.pollux.http;

import java.util.Arrays;

/** Who looks at the head of an answer before it is sent. Passive. */
final class HeadFilters {

  private static final int FEW = 4;

  private HeadFilter[] filters = {};
  private int count;

  void clear() {
    if (count > 0) {
      Arrays.fill(filters, 0, count, null);
      count = 0;
    }
  }

  void add(HeadFilter filter) {
    if (count == filters.length) {
      filters = Arrays.copyOf(filters, Math.max(FEW, 2 * count));
    }
    filters[count] = filter;
    count++;
  }

  /** The last one first. */
  void apply(HttpRequest request, HttpResponse response) {
    for (int i = count - 1; i >= 0; i--) {
      filters[i].beforeHead(request, response);
    }
  }
}
