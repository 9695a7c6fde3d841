/** The entry for HttpArena; a program that exports nothing. */
module dev.pollux.arena {
  requires com.google.gson;
  requires dev.pollux.http;
  requires static org.jspecify;

  opens dev.pollux.arena to
      com.google.gson;
}
