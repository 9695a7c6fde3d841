/** {@code pollux chat}: a chat of many, its server and its client. Read {@code ChatRoom} first. */
@NullMarked
package dev.pollux.cli.chat;

import org.jspecify.annotations.NullMarked;
