package dev.pollux.model;

/** A mistake for tests: a byte of a stream that is read though another one was sent. */
public final class PlantedLoss {

  private PlantedLoss() {}

  public static void in(ModelNetwork network) {
    StreamBooks books = new StreamBooks(network.world);
    books.sent(new byte[] {1, 2, 3}, false);
    books.read(new byte[] {1, 3}, 0, 2);
  }
}
