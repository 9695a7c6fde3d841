package dev.pollux.http.websocket;

import dev.pollux.net.CloseCause;

/**
 * How a WebSocket ended.
 *
 * @param code what the peer's Close said: {@link CloseCodes#NO_STATUS} if it had none, {@link
 *     CloseCodes#ABNORMAL} if there was no Close; or, where something that came was refused, what
 *     the peer was told of that
 * @param reason the words with it, for logs: a peer may say whatever it likes
 * @param isClean whether both have said Close
 * @param cause what became of the connection
 */
public record WebSocketEnd(int code, String reason, boolean isClean, CloseCause cause) {}
