package dev.pollux.net;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives a decoder a stream in pieces, as a connection does, and notes what comes of it. */
final class FrameFeeder {

  final List<String> result = new ArrayList<>();
  @Nullable CloseCause problem;
  private final FrameDecoder decoder;
  private byte[] kept = {};

  FrameFeeder(Framing framing) {
    this.decoder = framing.decoder();
  }

  /** All of the stream, cut at these indices. */
  static List<String> decode(Framing framing, byte[] stream, int... cuts) {
    FrameFeeder feeder = new FrameFeeder(framing);
    int from = 0;
    for (int cut : cuts) {
      feeder.feed(Arrays.copyOfRange(stream, from, cut));
      from = cut;
    }
    feeder.feed(Arrays.copyOfRange(stream, from, stream.length));
    return feeder.end();
  }

  void feed(byte[] piece) {
    if (problem != null) {
      return;
    }
    byte[] bytes = Arrays.copyOf(kept, kept.length + piece.length);
    System.arraycopy(piece, 0, bytes, kept.length, piece.length);
    ByteBuffer data = ByteBuffer.wrap(bytes);
    while (data.hasRemaining() && decoder.find(data)) {
      byte[] payload = Arrays.copyOfRange(bytes, decoder.start, decoder.end);
      result.add(HexFormat.of().formatHex(payload));
      if (decoder.next < data.position()) {
        throw new AssertionError("goes back");
      }
      var _ = data.position(decoder.next);
    }
    problem = decoder.problem;
    kept = Arrays.copyOfRange(bytes, data.position(), bytes.length);
  }

  int keptBytes() {
    return kept.length;
  }

  List<String> end() {
    CloseCause cause = problem;
    if (cause != null) {
      result.add(cause.reason().name());
    } else {
      result.add(kept.length == 0 ? "end" : NaiveFraming.WITHIN);
    }
    return result;
  }
}
