/** HTTP/1.1. */
@org.jspecify.annotations.NullMarked
package dev.pollux.http;
