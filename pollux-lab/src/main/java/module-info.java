/** The laboratory: the fuzzer that holds the model kernel against the real one. */
module dev.pollux.lab {
  requires dev.pollux.model;
  requires dev.pollux.sys;
  requires static org.jspecify;
}
