/**
 * The model kernel: {@link dev.pollux.model.ModelSys}, an implementation of the system calls in
 * plain Java that behaves like Linux as far as readiness goes.
 */
module dev.pollux.model {
  requires transitive dev.pollux.sys;
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.model;
}
