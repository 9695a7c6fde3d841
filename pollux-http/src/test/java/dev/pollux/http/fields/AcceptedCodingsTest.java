package dev.pollux.http.fields;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codings that a client takes. Source: RFC 9110, 12.4.2 and 12.5.3. */
class AcceptedCodingsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      value = {
        // field | br | gzip | zstd | identity, in thousandths
        "'' | 0 | 0 | 0 | 1",
        "gzip | 0 | 1000 | 0 | 1",
        "compress, gzip | 0 | 1000 | 0 | 1",
        "GZip, BR | 1000 | 1000 | 0 | 1",
        "x-gzip | 0 | 1000 | 0 | 1",
        "* | 1000 | 1000 | 1000 | 1",
        "*;q=0 | 0 | 0 | 0 | 0",
        "*;q=0, identity | 0 | 0 | 0 | 1000",
        "*;q=0, identity;q=0.5 | 0 | 0 | 0 | 500",
        "identity;q=0 | 0 | 0 | 0 | 0",
        "identity;q=0, * | 1000 | 1000 | 1000 | 0",
        "gzip;q=0, * | 1000 | 0 | 1000 | 1",
        "*, gzip;q=0 | 1000 | 0 | 1000 | 1",
        "compress;q=0.5, gzip;q=1.0 | 0 | 1000 | 0 | 1",
        "gzip;q=1.0, identity; q=0.5, *;q=0 | 0 | 1000 | 0 | 500",
        "br;q=0.001, gzip;q=0.999 | 1 | 999 | 0 | 1",
        "br;q=1., gzip;q=0. | 1000 | 0 | 0 | 1",
        "br;q=1.000, gzip;q=0.000 | 1000 | 0 | 0 | 1",
        "br ; q=0.2 , gzip\t;\tQ=0.3 | 200 | 300 | 0 | 1",
        "br;q=2, gzip;q=1.001, zstd;q=-1 | 0 | 0 | 0 | 1",
        "br;q=0.1234, gzip;q=, zstd;q | 0 | 0 | 0 | 1",
        "br;q=.5, gzip;x=1 | 0 | 0 | 0 | 1",
        "brotli, gzipped, xgzip | 0 | 0 | 0 | 1",
        "br gzip | 0 | 0 | 0 | 1",
        ",,, br ,, | 1000 | 0 | 0 | 1",
        "gzip;q=0.2, gzip;q=0.6 | 0 | 600 | 0 | 1",
      })
  void field_isWeighed(String field, int br, int gzip, int zstd, int identity) {
    AcceptedCodings codings = new AcceptedCodings(List.of(field.replace("\\t", "\t")));
    assertEquals(
        List.of(br, gzip, zstd, identity),
        List.of(
            codings.weight("br"),
            codings.weight("gzip"),
            codings.weight("zstd"),
            codings.weight("identity")));
  }

  @Test
  void lines_areOneList() {
    AcceptedCodings codings = new AcceptedCodings(List.of("gzip;q=0.5", "br", "*;q=0"));
    assertEquals(500, codings.weight("gzip"));
    assertEquals(1000, codings.weight("br"));
    assertEquals(0, codings.weight("zstd"));
    assertEquals(0, codings.weight("identity"));
  }
}
