package dev.pollux.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.bench.echo.TlsKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class HttpFilesTest {

  @Test
  void files_areOfTheirSizes_theSameInEachRun_andGoneAtTheEnd() throws IOException {
    Path site;
    try (HttpFiles one = HttpFiles.make();
        HttpFiles other = HttpFiles.make()) {
      site = one.site();
      assertEquals("Hello, World!", Files.readString(one.file(HttpFiles.SMALL)));
      long all = 0;
      long before = 0;
      for (String path : HttpFiles.SPREAD) {
        long size = Files.size(one.file(path));
        assertTrue(before < size, path);
        assertEquals(-1, Files.mismatch(one.file(path), other.file(path)), path);
        before = size;
        all += size;
      }
      assertEquals(20, HttpFiles.SPREAD.size());
      assertEquals(3_000, Files.size(one.file(HttpFiles.SPREAD.getFirst())));
      assertEquals(300_000, before);
      assertEquals(HttpFiles.meanBytes(), all / 20.0);
    }
    assertFalse(Files.exists(site.resolveSibling("")));
  }

  @Test
  void pem_hasTheKeyAndItsCertificate() throws Exception {
    try (HttpFiles files = HttpFiles.make()) {
      String pem = Files.readString(files.pem());
      TlsKey key = TlsKey.read(files.key());
      assertEquals(
          key.certificate(),
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(pem.getBytes(US_ASCII))));
      String begin = "-----BEGIN PRIVATE KEY-----";
      String body = pem.substring(pem.indexOf(begin) + begin.length(), pem.lastIndexOf("-----END"));
      byte[] encoded = Base64.getMimeDecoder().decode(body);
      assertArrayEquals(
          key.key().getEncoded(),
          KeyFactory.getInstance("RSA")
              .generatePrivate(new PKCS8EncodedKeySpec(encoded))
              .getEncoded());
    }
  }
}
