package dev.pollux.cli;

import dev.pollux.poll.Poller;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Sys;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one {@link EchoServer} share.
 *
 * @param input the one read buffer: whatever is in it is sent or queued before the next read
 * @param scratch room for one result of a call
 * @param reply the fixed answer, or null to echo
 */
record EchoContext(
    Sys sys,
    Poller poller,
    EchoLog log,
    Trigger trigger,
    IoBuffer input,
    IoBuffer scratch,
    OutputQueue.Pool pool,
    @Nullable IoBuffer reply) {}
