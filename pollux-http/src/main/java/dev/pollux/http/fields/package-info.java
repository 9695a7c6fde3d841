/**
 * What values of fields mean, for whoever reads them here: dates, codings, media types. Not for
 * programs.
 */
@NullMarked
package dev.pollux.http.fields;

import org.jspecify.annotations.NullMarked;
