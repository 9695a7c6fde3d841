/** HTTP/1.1: a parser of requests, strict where others were broken. */
module dev.pollux.http {
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.http;
}
