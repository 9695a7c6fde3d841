package dev.pollux.sim;

import java.util.Map;
import java.util.Set;

/**
 * What runs came to that found no fault.
 *
 * @param runs how many
 * @param givenUp how many of them were {@linkplain Sim#giveUp given up}
 * @param steps turns of loops, actions and arrivals, in all
 * @param faults how often each fault was met, by the name of a {@link Trouble} or of a {@code
 *     Fault} of the model kernel; one that was never met is not there
 * @param neverMet what of these the test has asked for, by a chance that is not 0 or by {@link
 *     Sim#disturb}, and none of the runs has met; a warning of the logger {@code dev.pollux.sim}
 *     says so, too
 */
public record SimReport(
    int runs, int givenUp, long steps, Map<String, Integer> faults, Set<String> neverMet) {}
