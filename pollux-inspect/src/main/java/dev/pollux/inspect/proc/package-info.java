/** What the kernel shows of a process: files of {@code /proc}, netlink, and copies of epolls. */
@NullMarked
package dev.pollux.inspect.proc;

import org.jspecify.annotations.NullMarked;
