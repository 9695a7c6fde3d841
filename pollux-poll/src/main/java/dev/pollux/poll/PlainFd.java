package dev.pollux.poll;

/** A descriptor as a source, owned by somebody else. */
record PlainFd(int fd) implements EventSource {}
