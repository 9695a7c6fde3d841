/** Small whole programs; a module that exports nothing. */
module dev.pollux.examples {
  requires com.google.gson;
  requires dev.pollux.http;
  requires static org.jspecify;

  opens dev.pollux.examples.web to
      com.google.gson;
}
