package dev.pollux.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parts that are asked for. Source: RFC 9110, 14.1.2 and 14.2. */
class ByteRangesTest {

  private static String text(@Nullable List<ByteRanges.Part> parts) {
    if (parts == null) {
      return "whole";
    }
    return parts.isEmpty()
        ? "none"
        : parts.stream()
            .map(part -> part.start() + "+" + part.length())
            .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // the examples of 14.1.2, of 10000 bytes
        "bytes=0-499 | 10000 | 0+500",
        "bytes=500-999 | 10000 | 500+500",
        "bytes=-500 | 10000 | 9500+500",
        "bytes=9500- | 10000 | 9500+500",
        "bytes=0-0,-1 | 10000 | 0+1 9999+1",
        "bytes= 0-0, -1 | 10000 | 0+1 9999+1",
        "bytes=500-600,601-999 | 10000 | 500+101 601+399",
        "bytes=500-700,601-999 | 10000 | 500+201 601+399",
        // the end
        "bytes=0- | 10 | 0+10",
        "bytes=9- | 10 | 9+1",
        "bytes=9-9 | 10 | 9+1",
        "bytes=9-10 | 10 | 9+1",
        "bytes=10- | 10 | none",
        "bytes=10-20 | 10 | none",
        "bytes=-10 | 10 | 0+10",
        "bytes=-11 | 10 | 0+10",
        "bytes=-0 | 10 | none",
        "bytes=5-,20- | 10 | 5+5", // those that there are
        "bytes=20-,30-40 | 10 | none",
        "bytes=-0,3-3 | 10 | 3+1",
        // nothing there
        "bytes=0- | 0 | none",
        "bytes=0-0 | 0 | none",
        "bytes=-0 | 0 | none",
        "bytes=-1 | 0 | whole", // 14.1.2: a suffix that is not 0 is satisfiable
        // numbers beyond all
        "bytes=0-9223372036854775807 | 10 | 0+10",
        "bytes=0-99999999999999999999999 | 10 | 0+10",
        "bytes=99999999999999999999999- | 10 | none",
        "bytes=18446744073709551616-18446744073709551617 | 10 | none",
        "bytes=-99999999999999999999999 | 10 | 0+10",
        "bytes=0000000000000000000000005-6 | 10 | 5+2",
        "bytes=5-0000000000000000000000006 | 10 | 5+2",
        "bytes=9223372036854775806- | 9223372036854775807 | 9223372036854775806+1",
        // more than there is: 14.2, 17.15
        "bytes=0-,0-0 | 10 | whole",
        "bytes=0-5,5-9 | 10 | whole",
        "bytes=0-5,6-9 | 10 | 0+6 6+4",
        "bytes=0-4,0-4 | 10 | 0+5 0+5",
        "bytes=0-4,0-4,0-0 | 10 | whole",
        "bytes=0-,0-,0-,0- | 4611686018427387904 | whole", // the sum is 2^64
        "bytes=0-,0-,0- | 9223372036854775807 | whole",
        // another unit, or none
        "items=0-1 | 10 | whole",
        "BYTES=0-1 | 10 | 0+2", // 14.1: in whatever case
        "bytes:0-1 | 10 | whole",
        "bytes | 10 | whole",
        "bytes= | 10 | whole",
        "bytes=, | 10 | whole",
        "0-1 | 10 | whole",
        "bytes =0-1 | 10 | whole",
        // malformed
        "bytes=- | 10 | whole",
        "bytes=-- | 10 | whole",
        "bytes=5 | 10 | whole",
        "bytes=--5 | 10 | whole",
        "bytes=5-4 | 10 | whole",
        "bytes=0-1,5-4 | 10 | whole",
        "bytes=50-40 | 10 | whole",
        "bytes=0-1x | 10 | whole",
        "bytes=x-1 | 10 | whole",
        "bytes=+1-2 | 10 | whole",
        "bytes=0 -1 | 10 | whole",
        "bytes=0- 1 | 10 | whole",
        "bytes=0-1;2-3 | 10 | whole",
        "bytes=0x0-1 | 10 | whole",
        "bytes=1.0-2 | 10 | whole",
        "bytes=0-1,foo | 10 | whole",
        "bytes=0-1,bytes=2-3 | 10 | whole",
        "bytes=0-1,20-x | 10 | whole",
        "bytes=99999999999999999999-5 | 10 | whole",
        // 5.6.1: lists may have empty elements
        "bytes=,0-1,,3-3, | 10 | 0+2 3+1",
        "bytes=0-1 ,\t3-3 | 10 | 0+2 3+1",
      })
  void field_isRead(String field, long size, String parts) {
    assertEquals(parts, text(ByteRanges.of(field.replace("\\t", "\t"), size)));
  }

  @Test
  void digitsOfOthers_areNone() {
    assertNull(ByteRanges.of("bytes=\u0661-\u0662", 10));
    assertNull(ByteRanges.of("bytes=0\u20131", 10));
  }

  private static String field(int parts) {
    return IntStream.range(0, parts)
        .mapToObj(i -> 2 * i + "-" + 2 * i)
        .collect(Collectors.joining(",", "bytes=", ""));
  }

  @Test
  void parts_moreThanTheMost_areTheWhole() {
    List<ByteRanges.Part> most = ByteRanges.of(field(ByteRanges.MAX_PARTS), 1000);
    assertEquals(32, most == null ? -1 : most.size());
    assertNull(ByteRanges.of(field(ByteRanges.MAX_PARTS + 1), 1000));
    assertNull(ByteRanges.of("bytes=" + "5000-,".repeat(33), 1000), "those count, too");
    assertEquals(List.of(), ByteRanges.of("bytes=" + "5000-,".repeat(32), 1000));
  }

  @Test
  void part_isSaid() {
    assertEquals("bytes 0-0/1", new ByteRanges.Part(0, 1).of(1));
    assertEquals("bytes 42-1233/1234", new ByteRanges.Part(42, 1192).of(1234)); // 14.4
  }
}
