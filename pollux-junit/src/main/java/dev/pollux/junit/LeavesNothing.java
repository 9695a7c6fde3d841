package dev.pollux.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Fails each test that leaves something behind in this process: a socket, pipe, epoll instance or
 * the like that was not closed, an item of an epoll instance whose descriptor was closed, or a
 * one-shot that has fired and was not armed again.
 *
 * <pre>{@code
 * @LeavesNothing
 * class ServerTest {
 *   ...
 * }
 * }</pre>
 *
 * <p>It looks before {@code @BeforeEach} and behind {@code @AfterEach}, so what a class opens for
 * all its tests does not count. What is closed in the background has {@link #graceMillis}. Tests
 * that run at the same time in this process are held to account for one another: run them one after
 * the other. Where there is no {@code /proc}, the test fails and says so.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LeavesNothingExtension.class)
public @interface LeavesNothing {

  /** How long what ends in the background may take. */
  long graceMillis() default 2000;
}
