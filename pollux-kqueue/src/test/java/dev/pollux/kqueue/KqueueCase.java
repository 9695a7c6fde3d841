package dev.pollux.kqueue;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A contract that holds over each kernel, and where the queue is a system call. */
@ParameterizedClass(name = "[{0}]")
@ValueSource(strings = {"model", "native", "seam"})
abstract class KqueueCase extends QueueCase {}
