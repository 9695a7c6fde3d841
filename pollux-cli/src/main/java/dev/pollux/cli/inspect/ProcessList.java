package dev.pollux.cli.inspect;

import com.google.gson.stream.JsonWriter;
import dev.pollux.cli.terminal.Look;
import dev.pollux.cli.terminal.StatsTable;
import dev.pollux.inspect.Processes;
import dev.pollux.inspect.Processes.Waiting;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** The processes that wait for readiness. */
final class ProcessList {

  private ProcessList() {}

  static int print(PrintStream out, boolean asJson) {
    Processes found = Processes.find();
    if (asJson) {
      json(found.waiting(), out);
      return 0;
    }
    StatsTable table =
        new StatsTable(
            out::println, "    PID", "epolls", " items", "waiting", "polling", "program");
    for (Waiting each : found.waiting()) {
      table.row(
          Long.toString(each.pid()),
          Integer.toString(each.epolls()),
          Integer.toString(each.items()),
          Integer.toString(each.inEpoll()),
          Integer.toString(each.inPoll()),
          Look.harmless(each.name()));
    }
    if (found.hidden() > 0) {
      out.println(
          found.hidden() + " processes of other users may not be looked at (sudo shows them).");
    }
    return 0;
  }

  private static void json(List<Waiting> all, PrintStream out) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject().name("version").value(ReportJson.VERSION).name("processes").beginArray();
      for (Waiting each : all) {
        json.beginObject();
        json.name("pid").value(each.pid());
        json.name("name").value(each.name());
        json.name("epolls").value(each.epolls());
        json.name("items").value(each.items());
        json.name("inEpoll").value(each.inEpoll());
        json.name("inPoll").value(each.inPoll());
        json.endObject();
      }
      json.endArray().endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.println(text);
  }
}
