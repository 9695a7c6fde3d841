package dev.pollux.net;

import java.nio.ByteBuffer;

/** A request, and whose it is. */
record WorkRequest(WorkConnection owner, ByteBuffer payload) {}
