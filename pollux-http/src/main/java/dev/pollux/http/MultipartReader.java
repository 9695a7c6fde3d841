package dev.pollux.http;

import java.nio.ByteBuffer;

/** Reads a body as a form in parts, and tells the program's handler if it is none. */
final class MultipartReader implements HttpBodyHandler {

  private final MultipartHandler handler;
  private final Multipart parser;
  private boolean isWithin; // the handler, which may throw

  MultipartReader(String contentType, MultipartHandler handler, MultipartLimits limits) {
    this.handler = handler;
    this.parser = Multipart.parser(contentType, new Watched(), limits);
  }

  @Override
  public void data(ByteBuffer data) throws Exception {
    try {
      parser.feed(data);
    } catch (Exception e) {
      throw told(e);
    }
  }

  @Override
  public void end() throws Exception {
    try {
      parser.end();
    } catch (Exception e) {
      throw told(e);
    }
  }

  @Override
  public void failed() {
    handler.failed();
  }

  /** What was thrown, after the handler was told of it, unless it threw that. */
  private Exception told(Exception thrown) {
    if (!isWithin) {
      handler.failed();
    }
    return thrown;
  }

  /** The program's handler. */
  private final class Watched implements MultipartHandler {

    @Override
    public void part(PartHead head) throws Exception {
      isWithin = true;
      handler.part(head);
      isWithin = false;
    }

    @Override
    public void data(ByteBuffer data) throws Exception {
      isWithin = true;
      handler.data(data);
      isWithin = false;
    }

    @Override
    public void partEnd() throws Exception {
      isWithin = true;
      handler.partEnd();
      isWithin = false;
    }

    @Override
    public void end() throws Exception {
      isWithin = true;
      handler.end();
      isWithin = false;
    }
  }
}
