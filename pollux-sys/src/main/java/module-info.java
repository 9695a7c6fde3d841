/**
 * The system-call layer: the {@link dev.pollux.sys.Sys} seam, its native implementation by the
 * foreign-function API, and typed access to epoll, poll and select. Start with {@link
 * dev.pollux.sys.Sys}.
 */
module dev.pollux.sys {
  requires static transitive org.jspecify;

  exports dev.pollux.sys;
}
