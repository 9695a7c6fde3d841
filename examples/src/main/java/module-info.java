/** Small whole programs; a module that exports nothing. */
module dev.pollux.examples {
  requires dev.pollux.net;
  requires static org.jspecify;
}
