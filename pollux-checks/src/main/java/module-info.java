/** The checks of the system-call layer's tables; a program that exports nothing. */
module dev.pollux.checks {
  requires dev.pollux.sys;
  requires static org.jspecify;
}
