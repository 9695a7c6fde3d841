/** kqueue and kevent, on systems that have none. */
module dev.pollux.kqueue {
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it
  requires transitive dev.pollux.sys;

  exports dev.pollux.kqueue;
}
