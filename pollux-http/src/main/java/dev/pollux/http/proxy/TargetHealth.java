package dev.pollux.http.proxy;

import java.net.URI;

/**
 * What a {@link ReverseProxy} knows of a server behind it. It is up if one of the loops has last
 * found it so: by a look, or where there are none by an answer. Where nobody has found anything yet
 * it is up if there are no looks.
 *
 * @param target as the proxy was given it
 * @param isUp whether it can be asked
 */
public record TargetHealth(URI target, boolean isUp) {}
