package dev.pollux.net;

/** A handler of the program's that passes its calls on to another one. */
class PassOn extends ForwardingHandler {

  ConnectionHandler inner;

  PassOn(ConnectionHandler inner) {
    this.inner = inner;
  }

  @Override
  protected ConnectionHandler delegate() {
    return inner;
  }
}
