package dev.pollux.kqueue;

/**
 * What is known of a knote at one moment.
 *
 * @param ident its identifier
 * @param filter one of {@code EVFILT_…}
 * @param flags how it reports: some of {@code EV_ONESHOT}, {@code CLEAR} and {@code DISPATCH}
 * @param fflags what it was asked to report
 * @param data what it was asked to wait for
 * @param udata the program's
 * @param isEnabled false if it is off
 */
public record KnoteView(
    long ident, int filter, int flags, int fflags, long data, long udata, boolean isEnabled) {}
