/** Tests of the chat. */
@NullMarked
package dev.pollux.cli.chat;

import org.jspecify.annotations.NullMarked;
