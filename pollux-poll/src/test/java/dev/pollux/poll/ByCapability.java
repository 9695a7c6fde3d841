package dev.pollux.poll;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a test whose outcome depends on a capability; its display name says which outcome is
 * asserted.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface ByCapability {

  /** The capability. */
  Capability value();

  /** The documented behaviour of a backend without it. */
  String otherwise();
}
