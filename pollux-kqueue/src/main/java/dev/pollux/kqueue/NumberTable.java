package dev.pollux.kqueue;

import org.jspecify.annotations.Nullable;

/**
 * What has a number, by that: open addressing, as a map of boxed numbers would take memory for each
 * look. Not synchronized.
 */
final class NumberTable<T> {

  private static final int FIRST = 16; // a power of two
  private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L; // 2^64 / golden ratio

  private long[] numbers = new long[FIRST];
  private @Nullable Object[] values = new Object[FIRST];
  private int count;

  private int home(long number) {
    return (int) ((number * SPREAD) >>> 32) & (values.length - 1);
  }

  private int after(int i) {
    return (i + 1) & (values.length - 1);
  }

  /** Where it is, or would be. */
  private int find(long number) {
    int i = home(number);
    while (values[i] != null && numbers[i] != number) {
      i = after(i);
    }
    return i;
  }

  @SuppressWarnings("unchecked") // put takes nothing else
  @Nullable T get(long number) {
    return (T) values[find(number)];
  }

  /** Takes in one that is not there. */
  void put(long number, T value) {
    if (2 * (count + 1) > values.length) {
      grow();
    }
    place(number, value);
    count++;
  }

  private void place(long number, Object value) {
    int i = find(number);
    numbers[i] = number;
    values[i] = value;
  }

  private void grow() {
    long[] oldNumbers = numbers;
    @Nullable Object[] oldValues = values;
    long[] moreNumbers = new long[2 * oldNumbers.length];
    values = new Object[2 * oldValues.length];
    numbers = moreNumbers;
    for (int i = 0; i < oldValues.length; i++) {
      Object value = oldValues[i];
      if (value != null) {
        place(oldNumbers[i], value);
      }
    }
  }

  /** Takes one out, and places anew those behind it that could be on its account. */
  void remove(long number) {
    int i = find(number);
    if (values[i] == null) {
      return;
    }
    count--;
    values[i] = null;
    for (int j = after(i); ; j = after(j)) {
      Object next = values[j];
      if (next == null) {
        return;
      }
      values[j] = null;
      place(numbers[j], next);
    }
  }
}
