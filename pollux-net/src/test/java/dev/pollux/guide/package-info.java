/** The programs printed in the guides under {@code docs}: compiled by the build, run by tests. */
@NullMarked
package dev.pollux.guide;

import org.jspecify.annotations.NullMarked;
