package dev.pollux.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What the frames of a whole stream are, decoded the plain way: each frame in hexadecimal, and then
 * how it ended: "end", "within" a frame, "LIMIT" or "PROTOCOL".
 */
@FunctionalInterface
interface NaiveFraming {

  String WITHIN = "within";
  String LIMIT = "LIMIT";
  String PROTOCOL = "PROTOCOL";

  /** Takes the frame at the front off, or says what is wrong with it. Never given nothing. */
  Step next(byte[] rest);

  /** One frame as a list of payloads, and how many bytes it was; or a verdict. */
  record Step(List<byte[]> payloads, int usedBytes, String verdict) {
    static Step frame(byte[] payload, int usedBytes) {
      return new Step(List.of(payload), usedBytes, "");
    }

    static Step end(String verdict) {
      return new Step(List.of(), 0, verdict);
    }
  }

  default List<String> decode(byte[] stream) {
    List<String> result = new ArrayList<>();
    int at = 0;
    while (at < stream.length) {
      Step step = next(Arrays.copyOfRange(stream, at, stream.length));
      step.payloads.forEach(payload -> result.add(HexFormat.of().formatHex(payload)));
      if (!step.verdict.isEmpty()) {
        result.add(step.verdict);
        return result;
      }
      at += step.usedBytes;
    }
    result.add("end");
    return result;
  }

  static NaiveFraming delimiter(byte[] delimiter, int max) {
    return rest -> {
      for (int i = 0; i + delimiter.length <= rest.length; i++) {
        if (Arrays.equals(rest, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
          return i > max
              ? Step.end(LIMIT)
              : Step.frame(Arrays.copyOf(rest, i), i + delimiter.length);
        }
      }
      for (int i = 0; i <= Math.min(max, rest.length); i++) { // may it still begin here?
        int n = Math.min(rest.length - i, delimiter.length);
        if (Arrays.equals(rest, i, i + n, delimiter, 0, n)) {
          return Step.end(WITHIN);
        }
      }
      return Step.end(LIMIT);
    };
  }

  static NaiveFraming delimiters(int max, byte[]... delimiters) {
    return rest -> {
      for (int end = 1; end <= rest.length; end++) {
        int longest = 0;
        for (byte[] each : delimiters) {
          int n = each.length;
          boolean ends = n <= end && Arrays.equals(rest, end - n, end, each, 0, n);
          longest = ends ? Math.max(longest, n) : longest;
        }
        if (longest > 0) {
          int size = end - longest;
          return size > max ? Step.end(LIMIT) : Step.frame(Arrays.copyOf(rest, size), end);
        }
      }
      for (byte[] each : delimiters) {
        for (int i = 0; i <= Math.min(max, rest.length); i++) { // may it still begin here?
          int n = rest.length - i;
          if (n <= each.length && Arrays.equals(rest, i, i + n, each, 0, n)) {
            return Step.end(WITHIN);
          }
        }
      }
      return Step.end(LIMIT);
    };
  }

  /** At most 9 bytes after one digit and a colon, before a comma. */
  static NaiveFraming netstring(int max) {
    return rest -> {
      int size = rest[0] - '0';
      if (size < 0 || size > max || (rest.length > 1 && rest[1] != ':')) {
        return Step.end(PROTOCOL);
      }
      if (rest.length < size + 3) {
        return Step.end(WITHIN);
      }
      return rest[size + 2] == ','
          ? Step.frame(Arrays.copyOfRange(rest, 2, size + 2), size + 3)
          : Step.end(PROTOCOL);
    };
  }

  static NaiveFraming lines(int max) {
    NaiveFraming bare = delimiter(new byte[] {'\n'}, max + 1);
    return rest -> {
      Step step = bare.next(rest);
      if (!step.verdict.isEmpty()) {
        boolean long1 = rest.length > max + 1 || (rest.length == max + 1 && rest[max] != '\r');
        return Step.end(long1 ? LIMIT : step.verdict);
      }
      byte[] line = step.payloads.getFirst();
      int n = line.length;
      byte[] stripped = n > 0 && line[n - 1] == '\r' ? Arrays.copyOf(line, n - 1) : line;
      return stripped.length > max ? Step.end(LIMIT) : Step.frame(stripped, step.usedBytes);
    };
  }

  static NaiveFraming fixed(int size) {
    return rest ->
        rest.length < size ? Step.end(WITHIN) : Step.frame(Arrays.copyOf(rest, size), size);
  }

  static NaiveFraming unframed(int max) {
    return rest -> {
      int size = Math.min(max, rest.length);
      return Step.frame(Arrays.copyOf(rest, size), size);
    };
  }

  static NaiveFraming length(int prefix, boolean bigEnd, boolean countsItself, int max) {
    return rest -> {
      if (rest.length < prefix) {
        return Step.end(WITHIN);
      }
      byte[] digits = Arrays.copyOf(rest, prefix);
      if (!bigEnd) {
        for (int i = 0; i < prefix / 2; i++) {
          byte swapped = digits[i];
          digits[i] = digits[prefix - 1 - i];
          digits[prefix - 1 - i] = swapped;
        }
      }
      var length = new java.math.BigInteger(1, digits);
      var payload = length.subtract(java.math.BigInteger.valueOf(countsItself ? prefix : 0));
      if (payload.signum() < 0) {
        return Step.end(PROTOCOL);
      }
      if (payload.compareTo(java.math.BigInteger.valueOf(max)) > 0) {
        return Step.end(LIMIT);
      }
      int end = prefix + payload.intValueExact();
      return rest.length < end
          ? Step.end(WITHIN)
          : Step.frame(Arrays.copyOfRange(rest, prefix, end), end);
    };
  }

  /** Inner frames in the frames of this. */
  default NaiveFraming containing(NaiveFraming inner) {
    return rest -> {
      Step step = next(rest);
      if (!step.verdict.isEmpty()) {
        return step;
      }
      List<byte[]> payloads = new ArrayList<>();
      byte[] left = step.payloads.getFirst();
      while (left.length > 0) {
        Step nested = inner.next(left);
        payloads.addAll(nested.payloads);
        if (!nested.verdict.isEmpty()) {
          return new Step(payloads, 0, nested.verdict.equals(WITHIN) ? PROTOCOL : nested.verdict);
        }
        left = Arrays.copyOfRange(left, nested.usedBytes, left.length);
      }
      return new Step(payloads, step.usedBytes, "");
    };
  }
}
