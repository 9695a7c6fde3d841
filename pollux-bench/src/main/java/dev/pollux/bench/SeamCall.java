package dev.pollux.bench;

/** A system call that the seam benchmark makes. */
enum SeamCall {
  EPOLL_WAIT("epoll_wait", "epollWait"),
  EVENTFD_READ("eventfd_read", "eventfdRead"),
  EVENTFD_WRITE("eventfd_write", "eventfdWrite");

  private final String label;
  private final String methodPrefix;

  SeamCall(String label, String methodPrefix) {
    this.label = label;
    this.methodPrefix = methodPrefix;
  }

  /** The name by which {@code seam.c} knows it. */
  String label() {
    return label;
  }

  /** The method of {@link SeamBenchmark} that makes it in a way. */
  String method(Way way) {
    return methodPrefix + way.methodSuffix();
  }

  /** How a call is made from Java. */
  enum Way {
    /** Through {@link dev.pollux.sys.Sys}. */
    SYS("Sys"),
    /** By the downcall handle, {@code invokeExact}. */
    HANDLE("Handle");

    private final String methodSuffix;

    Way(String methodSuffix) {
      this.methodSuffix = methodSuffix;
    }

    String methodSuffix() {
      return methodSuffix;
    }
  }
}
