package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What a streamed body says of what is written while there is no connection. */
class UploadTest {

  private static final ClientRequest PUT =
      ClientRequest.of("PUT", "http://a.test/").withStreamedBody();

  @Test
  void write_whileAnotherConnectionIsToCome_isRefused_andNothingIsLost() {
    Upload upload = new Upload(PUT);
    var _ = upload.begin();
    upload.moveOn();
    ByteBuffer data = ByteBuffer.allocate(5);
    assertEquals(WriteResult.REFUSED, upload.write(data));
    assertEquals(5, data.remaining());
    assertFalse(upload.isBegun());
  }

  @Test
  void write_thatNobodyTakesAnyMore_rulesAnotherAttemptOut() {
    Upload upload = new Upload(PUT);
    var _ = upload.begin();
    upload.lose();
    assertFalse(upload.isBegun());
    assertEquals(WriteResult.CLOSED, upload.write(ByteBuffer.allocate(5)));
    assertTrue(upload.isBegun());
  }
}
