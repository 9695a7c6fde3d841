/**
 * The system-call layer: the {@link dev.pollux.sys.Sys} seam, its native implementation by the
 * foreign-function API, and typed access to epoll, poll and select. Start with {@link
 * dev.pollux.sys.Sys}.
 */
module dev.pollux.sys {
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.sys;
}
