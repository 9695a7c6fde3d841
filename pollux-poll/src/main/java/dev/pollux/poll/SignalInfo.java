package dev.pollux.poll;

/**
 * A signal that a {@link SignalFd} took.
 *
 * <p>Source: {@code struct signalfd_siginfo} of signalfd(2), and sigaction(2) for what its parts
 * mean.
 *
 * @param signal its number
 * @param pid the process that sent it; for SIGCHLD the child. 0 if the kernel did, or the sender is
 *     in another pid namespace
 * @param uid the real user of that process
 * @param code why it was sent: 0 by kill, -1 by sigqueue, -6 to one thread, above 0 by the kernel
 * @param status for SIGCHLD the child's exit status, or the signal that ended it
 * @param value what sigqueue sent with it
 */
public record SignalInfo(int signal, int pid, int uid, int code, int status, int value) {}
