/**
 * Files of a folder, over HTTP: {@link dev.pollux.http.files.StaticFiles} is the handler, {@link
 * dev.pollux.http.files.FileOptions} what it may do.
 *
 * <p>A path is looked up by the kernel, beneath the open folder and in one call, so that nothing
 * outside can be reached whatever is renamed meanwhile; what is sent is the file that was opened
 * then. Content leaves by {@code sendfile}.
 *
 * <p>Blocking: opening a file and reading it wait for the disk, where the kernel has them not in
 * memory.
 */
@NullMarked
package dev.pollux.http.files;

import org.jspecify.annotations.NullMarked;
