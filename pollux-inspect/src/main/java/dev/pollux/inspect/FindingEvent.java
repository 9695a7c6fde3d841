package dev.pollux.inspect;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A finding for the flight recorder. The class is not loaded where there is none. */
@Name("dev.pollux.Finding")
@Label("Finding")
@Description("What is wrong with who waits for readiness in a process, as an inspection found it")
@Category({"Pollux", "Inspect"})
@StackTrace(false)
final class FindingEvent extends Event {

  @Label("Process")
  long pid;

  @Label("Disease")
  String disease = "";

  @Label("Confidence")
  String confidence = "";

  @Label("Subject")
  String subject = "";

  @Label("Evidence")
  String evidence = "";

  /** Records each finding, if a recording wants them. */
  static void commit(long pid, Report report) {
    for (Finding each : report.findings()) {
      FindingEvent event = new FindingEvent();
      if (event.isEnabled()) {
        event.pid = pid;
        event.disease = each.disease().label();
        event.confidence = each.confidence().name();
        event.subject = each.subject();
        event.evidence = String.join("\n", each.evidence());
        event.commit();
      }
    }
  }
}
