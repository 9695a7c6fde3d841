package dev.pollux.kqueue;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A contract that holds over each kernel. */
@ParameterizedClass(name = "[{0}]")
@ValueSource(strings = {"model", "native"})
abstract class KqueueCase extends QueueCase {}
