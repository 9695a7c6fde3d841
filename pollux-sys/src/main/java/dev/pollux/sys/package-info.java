/**
 * System calls as plain Java: the lowest layer of Pollux.
 *
 * <p>{@link dev.pollux.sys.Sys} is the seam everything above is written against. {@code
 * dev.pollux.sys.NativeSys} implements it on the running kernel through the foreign-function API;
 * another implementation can stand in its place (a model kernel, or an injector of faults). A call
 * returns {@code int >= 0} or {@code -errno}, allocates nothing and throws nothing of its own;
 * native memory is passed by address.
 *
 * <p>{@link dev.pollux.sys.Linux} holds the constants, {@link dev.pollux.sys.Abi} what differs
 * between architectures, {@link dev.pollux.sys.Errno} the error numbers. {@code
 * dev.pollux.sys.Epoll}, {@code Poll} and {@code Select} are the facilities one to one, for those
 * who want the man page in Java. Read {@code Sys} first.
 */
@NullMarked
package dev.pollux.sys;

import org.jspecify.annotations.NullMarked;
