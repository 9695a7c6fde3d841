package dev.pollux.checks;

import java.util.Map;

/**
 * What somebody else's table says of a system.
 *
 * @param name whose it is
 * @param constants the numbers, by their names in C
 * @param layouts the structures, by the names of {@link SourceNames}
 * @param symbols the functions that have symbols of other names, and these
 */
record SourceTable(
    String name, Map<String, Long> constants, Layouts layouts, Map<String, String> symbols) {}
