package dev.pollux.kqueue.fuzz;

/** What a descriptor is open on, as plain as can be; several numbers may share it. */
abstract sealed class Thing {

  static final long PIPE_BYTES = 65_536;

  /** How many descriptors are open on it. */
  int numbers;

  boolean isClosed() {
    return numbers == 0;
  }

  /** How much there is to read. */
  abstract long toRead();

  /** Whether no more will come than there is. */
  abstract boolean isReadingOver();

  /** Whether nothing can be written any more. */
  abstract boolean isWritingOver();

  /** One end of a pipe. */
  static final class PipeEnd extends Thing {
    final boolean isReader;
    PipeEnd other = this;
    long queued; // at the reader

    private PipeEnd(boolean isReader) {
      this.isReader = isReader;
    }

    /** The reader of a new pipe. */
    static PipeEnd reader() {
      PipeEnd reader = new PipeEnd(true);
      PipeEnd writer = new PipeEnd(false);
      reader.other = writer;
      writer.other = reader;
      return reader;
    }

    @Override
    long toRead() {
      return queued;
    }

    @Override
    boolean isReadingOver() {
      return isReader && other.isClosed();
    }

    @Override
    boolean isWritingOver() {
      return !isReader && other.isClosed();
    }
  }

  /** One of two sockets that are connected. */
  static final class SocketEnd extends Thing {
    SocketEnd peer = this;
    long queued;
    boolean isReceiveShut;
    boolean isSendShut;
    boolean isReset; // at some time
    boolean isErrorPending;

    static SocketEnd paired() {
      SocketEnd one = new SocketEnd();
      SocketEnd other = new SocketEnd();
      one.peer = other;
      other.peer = one;
      return one;
    }

    @Override
    long toRead() {
      return queued;
    }

    @Override
    boolean isReadingOver() {
      return isReceiveShut || peer.isSendShut || peer.isClosed();
    }

    @Override
    boolean isWritingOver() {
      return isSendShut || peer.isReceiveShut || peer.isClosed();
    }
  }

  /** An open file, with its position. */
  static final class FileHandle extends Thing {
    final PlainFile file;
    final boolean isReadOnly;
    long position;

    FileHandle(PlainFile file, boolean isReadOnly) {
      this.file = file;
      this.isReadOnly = isReadOnly;
    }

    @Override
    long toRead() {
      return file.size - position;
    }

    @Override
    boolean isReadingOver() {
      return false;
    }

    @Override
    boolean isWritingOver() {
      return false;
    }
  }

  /** A regular file. */
  static final class PlainFile {
    long size;
    boolean wasCut;
  }
}
